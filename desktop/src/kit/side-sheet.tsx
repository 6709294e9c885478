import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useT } from "../i18n/i18n.ts";
import { IconButton } from "./button.tsx";

export interface SideSheetProps {
  title: string;
  subtitle?: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** The bar at the bottom: save, cancel. */
  foot?: ReactNode;
  width?: "form" | "record" | "page";
  /** The content brings its own scrolling and margins. */
  bare?: boolean;
}

const widths = { form: "max-w-[26rem]", record: "max-w-[34rem]", page: "max-w-[76rem]" };

/** A form or a record beside the page it belongs to. Esc closes; a click outside does not, so that no typing is lost. */
export function SideSheet({ title, subtitle, isOpen, onClose, children, foot, width = "form", bare = false }: SideSheetProps): ReactNode {
  const t = useT();
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable={false} className="fixed inset-0 z-40 flex justify-end bg-scrim">
      <Modal className={`animate-slide-in h-full w-full ${widths[width]} border-l border-line bg-surface shadow-3 outline-none`}>
        <Dialog className="flex h-full flex-col outline-none">
          <header className="flex shrink-0 items-center gap-2 border-b border-line px-4 py-3">
            <div className="min-w-0 grow">
              <Heading slot="title" className="truncate text-sub font-semibold text-ink">
                {title}
              </Heading>
              {subtitle !== undefined && <p className="truncate text-meta text-ink-3">{subtitle}</p>}
            </div>
            <IconButton icon={X} label={t("everywhere.close")} onPress={onClose} />
          </header>
          <div className={bare ? "flex min-h-0 grow flex-col" : "min-h-0 grow overflow-auto px-4 py-4"}>{children}</div>
          {foot !== undefined && <footer className="flex shrink-0 items-center gap-2 border-t border-line px-4 py-3">{foot}</footer>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

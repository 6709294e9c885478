import type { ReactNode } from "react";
import { Slider as AriaSlider, SliderThumb, SliderTrack } from "react-aria-components";

/** A share, 0 to 100 %. */
export function Slider({ label, value, onChange, isDisabled = false }: { label: string; value: number; onChange: (value: number) => void; isDisabled?: boolean }): ReactNode {
  return (
    <AriaSlider aria-label={label} minValue={0} maxValue={1} step={0.05} value={value} onChange={onChange} isDisabled={isDisabled} formatOptions={{ style: "percent" }} className="w-24">
      <SliderTrack className="group relative flex h-6 items-center">
        <span className="h-1 w-full rounded-full bg-fill-2" />
        <span className="absolute h-1 rounded-full bg-acc group-data-disabled:bg-off" style={{ width: `${value * 100}%` }} />
        <SliderThumb className="top-1/2 size-4 rounded-full border-2 border-acc bg-raised group-data-disabled:border-off data-focus-visible:outline-2 data-focus-visible:outline-acc" />
      </SliderTrack>
    </AriaSlider>
  );
}

/** F6 goes round the regions of the screen (marked `data-region`), as in every desktop application; Shift F6 backwards. */
export function cycleRegions(backwards: boolean): void {
  // A page split in regions is gone through by its parts.
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((region) => region.offsetParent !== null && region.querySelector("[data-region]") === null);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const step = backwards ? -1 : 1;
  const next = regions[at === -1 ? (backwards ? regions.length - 1 : 0) : (at + step + regions.length) % regions.length];
  if (next === undefined) return;
  const inside = next.querySelector<HTMLElement>("[data-region-focus], textarea, input, [aria-current=true], button:not([disabled]), a[href], [tabindex='0']");
  (inside ?? next).focus();
}

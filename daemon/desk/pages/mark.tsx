// The mark: a counter with a bell above it.

export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg class="mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <rect class="mark-plate" width="32" height="32" rx="8" />
      <path class="mark-bell" d="M8.500 19a7.500 7.500 0 0 1 15 0z" />
      <path class="mark-line" d="M6.500 22.800h19M16 8.200v2.600" />
    </svg>
  );
}

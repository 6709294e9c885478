export const kit = {
  "clear": "Effacer",
  "notifications": "Notifications",
} as const;

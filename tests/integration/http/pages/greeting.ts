export const greeting = "您好";

/** The call that is planned to show what a class does, where nobody says another one. */
export const USUAL_CALL = { promptTokens: 1_000, draw: 0.5 } as const

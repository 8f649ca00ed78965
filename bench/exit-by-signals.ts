/** Has a signal end this process by `exit`, so that what is removed then is: a signal's default would not. */
export function exitBySignals(): void {
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
}

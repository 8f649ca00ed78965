/**
 * What the wall says of a case.
 *
 * @module
 */
export interface CaseResult {
  readonly protocol: string
  readonly mode: string
  readonly fault: string
  readonly pass: boolean
  /** Who answered, or the fault that the call ended with. */
  readonly outcome: string
  readonly attemptsOnFaulty: number
  readonly ms: number
  /** The answer is the right one and whole, or there is none, as it should be. */
  readonly complete: boolean
  readonly ledgerOk: boolean
  /** What is wrong, in words; absent when the case passes. */
  readonly problems?: readonly string[]
}

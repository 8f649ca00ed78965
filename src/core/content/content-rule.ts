/**
 * What a prompt may not say, or not as it stands.
 *
 * @module
 */

/** A pattern, and what happens to a prompt that matches it. Plain data: a pattern travels as text. */
export interface ContentRule {
  /** Its name for people. Messages contain it; they never contain the pattern. */
  readonly name: string
  /** A JavaScript regular expression without its slashes. */
  readonly pattern: string
  readonly ignoreCase?: boolean
  /** Replaces each match in what is sent to a vendor; the transcript stays as it is. If absent, the call is blocked. */
  readonly replace?: string
  /** The limit for all new text of one call; a pattern that takes longer blocks the call. @defaultValue 50 */
  readonly timeLimitMs?: number
}

/** The time limit of rules that name none. */
export const CONTENT_TIME_LIMIT_MS = 50

/** What a scan of some texts for one pattern gave. `late`: the time limit was over first, and nobody knows. */
export type Scanned =
  | { readonly kind: 'none' }
  /** The texts with each match replaced. */
  | { readonly kind: 'matched'; readonly texts: readonly string[] }
  | { readonly kind: 'late' }
  /** The pattern is no regular expression: one that came with a run and was read by nobody before. */
  | { readonly kind: 'broken' }

/** Looks for a rule's pattern in texts, within its time limit. */
export type ScanTexts = (rule: ContentRule, texts: readonly string[]) => Scanned

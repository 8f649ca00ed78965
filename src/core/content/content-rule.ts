/**
 * Content rules: what a prompt may not contain, or only in altered form.
 *
 * @module
 */

/** A pattern, and what happens to a prompt that matches it. Plain data. */
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

/** The result of scanning texts for one pattern. `late`: it is unknown, because the time limit was over first. */
export type Scanned =
  | { readonly kind: 'none' }
  /** The texts with each match replaced. */
  | { readonly kind: 'matched'; readonly texts: readonly string[] }
  | { readonly kind: 'late' }
  /** The pattern is not a valid regular expression. It must have come with a run, since those of the configuration were checked. */
  | { readonly kind: 'broken' }

/** Looks for a rule's pattern in texts, within its time limit. */
export type ScanTexts = (rule: ContentRule, texts: readonly string[]) => Scanned

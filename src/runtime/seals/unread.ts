import { SealProblem, type SealProblemKind } from '../../store/index.ts'

/** What a sealed run has said and read cannot be read here; all that is not sealed can. As plain JSON. */
export interface Unread {
  readonly kind: SealProblemKind
  /** What happened and what to do, for people. */
  readonly message: string
}

/** Why something stayed sealed; `undefined` for an error of another kind. */
export function unreadFor(error: unknown): Unread | undefined {
  if (error instanceof SealProblem) return { kind: error.kind, message: error.message }
  return error instanceof Error ? unreadFor(error.cause) : undefined
}

/** Whether the content is gone for good: no setting can make it readable. */
export function isGone({ kind }: Unread): boolean {
  return kind === 'destroyed' || kind === 'unknown-key'
}

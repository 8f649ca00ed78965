import { ValueError } from '@temporalio/common'
import { SealProblem, type SealProblemKind } from '../../store/index.ts'

/**
 * What a run has said and read cannot be read here, because it is sealed, or encoded by a codec or payload converter of somebody else's.
 * All else can. As plain JSON.
 */
export interface Unread {
  readonly kind: SealProblemKind | 'other-codec'
  /** What happened and what to do, for people. */
  readonly message: string
}

/** Why something stayed sealed or encoded; `undefined` for an error of another kind. */
export function unreadFor(error: unknown): Unread | undefined {
  if (error instanceof SealProblem) return { kind: error.kind, message: error.message }
  if (error instanceof ValueError) return otherCodec(error.message)
  return error instanceof Error ? unreadFor(error.cause) : undefined
}

function otherCodec(message: string): Unread | undefined {
  const [, encoding] = /^Unknown encoding: (.+)$/.exec(message) ?? []
  if (encoding === undefined) return undefined
  return {
    kind: 'other-codec',
    message:
      `what Temporal keeps of it is encoded as '${encoding}', by a codec or a payload converter that its worker has and this process has ` +
      'not. For the command, name the endpoint of that codec in TEMPORAL_CODEC_ENDPOINT; in code, give `connect({ client })` a Client ' +
      "with the worker's dataConverter",
  }
}

/** Whether the content is gone for good: no setting can make it readable. */
export function isGone({ kind }: Unread): boolean {
  return kind === 'destroyed' || kind === 'unknown-key'
}

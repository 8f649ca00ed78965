/**
 * Takes the parts of a reply as a package yields them, and keeps what an answer needs.
 *
 * @module
 */
import type {
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  SharedV4Warning,
} from '@ai-sdk/provider'
import { definedOnly } from '../../core/defined-only.ts'
import type { Message } from '../../core/messages.ts'
import type { Dialect, Reported } from '../dialect.ts'
import { errorIn } from '../faults/error-body.ts'
import { type Service, servedService } from '../service-tier.ts'
import type { PartDraft } from './answer-parts.ts'
import { createCallIds } from './call-ids.ts'
import { createDrafts, type Listener } from './drafts.ts'
import { plausible } from './plausible.ts'

/** An error inside a reply: the vendor's own (`body`), or something that the package could not read (`error`). */
export interface ReplyError {
  readonly body?: unknown
  readonly error: unknown
  /** Whether content came before it. */
  readonly afterTokens: boolean
}

/** What has come of a reply so far. */
export interface Collected {
  readonly drafts: readonly PartDraft[]
  readonly finish?: LanguageModelV4FinishReason
  /** The vendor's own word for the end, where the dialect reads one. */
  readonly endWord?: string
  /** The model has refused, in a field of its own and not in the answer's text. */
  readonly refused: boolean
  readonly error?: ReplyError
  readonly reported: Reported
  /** The tier of service, as far as the reply has named it. */
  readonly service: Service
  /** The settings that the package left out, by the package's names for them. */
  readonly leftOut: readonly string[]
}

export interface Collector {
  take(part: LanguageModelV4StreamPart): void
  /** A reply that came in one piece. */
  takeWhole(result: Pick<LanguageModelV4GenerateResult, 'content' | 'finishReason' | 'warnings' | 'response'>): void
  collected(): Collected
}

/**
 * Creates a collector for the reply to a prompt. Sources, files, and tools that the vendor ran itself are ignored: we do not ask for them.
 */
export function createCollector(dialect: Dialect, prompt: readonly Message[], listener: Listener): Collector {
  const drafts = createDrafts(listener, createCallIds(prompt))
  let finish: LanguageModelV4FinishReason | undefined
  let error: ReplyError | undefined
  let reported: Reported = {}
  let service: Service = {}
  let raw: unknown
  let leftOut: readonly string[] = []
  let refused = false

  const failed = (cause: unknown) => {
    error ??= { ...(errorIn(raw) && { body: raw }), error: cause, afterTokens: drafts.begun() }
  }
  const read = (chunk: unknown) => {
    raw = chunk
    reported = dialect.readUsage(chunk, reported)
    service = servedService(chunk, service)
    refused ||= dialect.refuses?.(chunk) === true
    for (const piece of dialect.callsIn?.(chunk) ?? []) drafts.wrote(piece)
  }

  return {
    take(part) {
      if (part.type === 'raw') read(part.rawValue)
      else if (part.type === 'stream-start') leftOut = leftOutIn(part.warnings)
      else if (part.type === 'error') failed(part.error)
      else if (part.type === 'finish') finish = part.finishReason
      else drafts.take(part)
    },
    takeWhole({ content, finishReason, warnings, response }) {
      read(response?.body)
      for (const [index, part] of content.entries()) drafts.takeWhole(part, String(index))
      finish = finishReason
      leftOut = leftOutIn(warnings)
      if (errorIn(response?.body)) failed(undefined)
    },
    collected: () =>
      definedOnly({
        drafts: drafts.list,
        reported: plausible(reported),
        service,
        leftOut,
        refused,
        finish,
        endWord: finish && dialect.endWord?.(raw),
        error,
      }),
  }
}

/** The settings that a package's warnings say are unsupported. Other warnings are plain sentences. */
function leftOutIn(warnings: readonly SharedV4Warning[]): readonly string[] {
  return warnings.flatMap(warning => (warning.type === 'unsupported' ? [warning.feature] : []))
}

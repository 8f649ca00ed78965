/**
 * What an error of a package means. Its message may quote content and is told to nobody.
 *
 * @module
 */
import {
  AISDKError,
  APICallError,
  LoadAPIKeyError,
  LoadSettingError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider'
import type { AttemptFaultKind, Fault } from '../core/faults/fault.ts'
import type { Dialect } from './dialect.ts'
import { errorIn } from './faults/error-body.ts'
import { faultOf } from './faults/fault-words.ts'
import { replyFault } from './faults/reply-fault.ts'
import { parsedOf, recordOf } from './json.ts'
import type { ExchangeProgress } from './transport/exchange-parts.ts'

/**
 * The fault for an error that a package has thrown. After a reply began, every error is about that reply. Before that, only the
 * package's own errors are about the ask; anything else is a bug and is thrown again.
 */
export function libraryFault(where: string, dialect: Dialect, error: unknown, progress: ExchangeProgress): Fault {
  if (progress.status === undefined) return askFault(where, dialect, error)
  const body = progress.whole === undefined ? inBandBody(error) : parsedOf(progress.whole)
  if (errorIn(body)) return replyFault(where, dialect, { headers: progress.headers, body })
  return faultOf(where, 'malformed-reply', {}, 'its reply could not be read')
}

/** Packages turn an error that opens a stream into a thrown one, with the chunk's error as text. */
function inBandBody(error: unknown): unknown {
  if (!APICallError.isInstance(error)) return undefined
  const body = error.responseBody === undefined ? error.data : parsedOf(error.responseBody)
  if (errorIn(body)) return body
  return typeof recordOf(body).message === 'string' ? { error: body } : undefined
}

function askFault(where: string, { signs }: Dialect, error: unknown): Fault {
  const because = (kind: AttemptFaultKind, detail: string) => faultOf(where, kind, {}, detail)
  if (UnsupportedFunctionalityError.isInstance(error))
    return because('unsupported', 'its package cannot express what was asked for')
  if (LoadAPIKeyError.isInstance(error)) return because('unauthenticated', 'no key is configured')
  if (LoadSettingError.isInstance(error)) return because('unauthenticated', settingWords(error))
  if (signs !== undefined && isPlain(error)) return signingFault(where, signs, error)
  if (AISDKError.isInstance(error)) return because('invalid-request', 'its package rejected the options or the prompt')
  throw error
}

/** Packages that sign throw plain errors when they find no credentials, or cannot turn them into a token. Nothing has left then. */
function signingFault(where: string, signs: string, error: Error): Fault {
  const transport = networkCode(error) ?? networkCode(error.cause)
  if (transport !== undefined)
    return faultOf(where, 'unreachable', { transport }, 'the server that issues tokens for it cannot be reached')
  // Bedrock's package throws this for a prompt that it should be able to express, which is a bug.
  if (/^Unsupported (?:role|type)\b/.test(error.message)) throw error
  return faultOf(where, 'unauthenticated', {}, `no credentials were found: ${signs}`)
}

/** Node's code for a network error. */
function networkCode(error: unknown): string | undefined {
  const { code } = recordOf(error)
  return typeof code === 'string' && NETWORK.has(code) ? code : undefined
}

const NETWORK: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EPIPE',
])

/** Whether it is a plain `Error`: neither a bug nor one of the AI SDK's classes. */
function isPlain(error: unknown): error is Error {
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
  return error instanceof Error && !isBug && !AISDKError.isInstance(error)
}

/** The error's message may be shown: it names the variable where the package looks for the setting, and nothing of the ask. */
function settingWords({ message }: Error): string {
  const [, variable] = /\b([A-Z][A-Z\d]*_[A-Z\d_]+) environment variable/.exec(message) ?? []
  return `a setting of its package is missing${variable === undefined ? ', e.g. its region' : `: ${variable} is not set`}`
}

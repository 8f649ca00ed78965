/**
 * OpenAI's errors for chat completions: statuses, types and codes of its error guide, sentences as the API says them.
 * 402 and its words are DeepSeek's; OpenAI itself has no 402.
 *
 * @module
 */
import type { ErrorReply, Refusal } from '../refusal.ts'

type Fields = readonly [status: number, message: string, type: string, parameter: string | null, code: string | null]

const INVALID = 'invalid_request_error'

export function chatError(refusal: Refusal): ErrorReply {
  const [status, message, type, param, code] = vendorFields(refusal) ?? requestFields(refusal)
  return { status, body: { error: { message, type, param, code } } }
}

/** Errors that are about the account or the vendor itself; the same for both of OpenAI's APIs. */
export function vendorFields(refusal: Refusal): Fields | undefined {
  switch (refusal.kind) {
    case 'unauthenticated':
      return [401, 'Incorrect API key provided: ***.', INVALID, null, 'invalid_api_key']
    case 'payment-required':
      return [402, 'Insufficient Balance', 'unknown_error', null, 'invalid_request_error']
    case 'quota-exhausted': {
      const message = 'You exceeded your current quota, please check your plan and billing details.'
      return [429, message, 'insufficient_quota', null, 'insufficient_quota']
    }
    case 'rate-limit': {
      const again = refusal.retryAfter?.in === 'body' ? ` Please try again in ${refusal.retryAfter.ms}ms.` : ''
      return [429, ...rateFields(refusal.of, again), 'rate_limit_exceeded']
    }
    case 'overloaded':
      return [503, 'The engine is currently overloaded, please try again later', 'server_error', null, null]
    case 'server-error':
      return [
        500,
        'The server had an error while processing your request. Sorry about that!',
        'server_error',
        null,
        null,
      ]
    case 'unknown-model': {
      const message = `The model \`${refusal.model}\` does not exist or you do not have access to it.`
      return [404, message, INVALID, null, 'model_not_found']
    }
    default:
      return undefined
  }
}

/** OpenAI itself has no limit on what is open at once; those words are Moonshot's. */
function rateFields(of: 'requests' | 'tokens' | 'concurrency' = 'requests', again: string) {
  if (of === 'concurrency')
    return ['Your account reached its max request concurrency.', 'rate_limit_reached_error', null] as const
  return [`Rate limit reached on ${of} per min.${again}`, of, null] as const
}

function requestFields(refusal: Refusal): Fields {
  return promptFields(refusal) ?? toolFields(refusal) ?? [400, unexpected(refusal), INVALID, null, null]
}

function unexpected(refusal: Refusal): string {
  return `The request is not valid: ${refusal.kind}.`
}

function promptFields(refusal: Refusal): Fields | undefined {
  switch (refusal.kind) {
    case 'rule':
      return [400, refusal.message, INVALID, refusal.parameter ?? null, refusal.code ?? null]
    case 'max-tokens': {
      const { asked, most } = refusal
      const message = `max_tokens is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`
      return [400, message, INVALID, 'max_tokens', 'invalid_value']
    }
    case 'too-few-tokens':
      return [400, tooFewMessage('max_tokens', refusal), INVALID, 'max_tokens', tooFewCode(refusal)]
    case 'context-too-long': {
      const { window, tokens } = refusal
      const message = `This model's maximum context length is ${window} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`
      return [400, message, INVALID, 'messages', 'context_length_exceeded']
    }
    case 'content-filter':
      return [
        400,
        'The response was filtered due to the prompt triggering our content policy.',
        INVALID,
        'prompt',
        'content_filter',
      ]
    case 'prefill': {
      const message = "The last message must have role 'user' or 'tool'."
      return [400, message, INVALID, 'messages', 'invalid_value']
    }
    case 'no-json-mode': {
      const message = "Invalid parameter: 'response_format' of type 'json_object' is not supported with this model."
      return [400, message, INVALID, 'response_format', null]
    }
    case 'bad-value': {
      const { parameter, expected } = refusal
      return [400, `Invalid value for '${parameter}': expected ${expected}.`, INVALID, parameter, 'invalid_value']
    }
    default:
      return undefined
  }
}

export function patternMessage(at: string): string {
  return `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
}

export function longMessage(at: string, most: number, length: number): string {
  return `Invalid '${at}': string too long. Expected a string with maximum length ${most}, but got a string with length ${length} instead.`
}

type TooFew = Extract<Refusal, { kind: 'too-few-tokens' }>

/** The same sentence in both of OpenAI's APIs. */
export function tooFewMessage(parameter: string, { asked, least }: TooFew): string {
  if (!Number.isInteger(asked)) return `Invalid type for '${parameter}': expected an integer.`
  return `Invalid '${parameter}': integer below minimum value. Expected a value >= ${least}, but got ${asked} instead.`
}

export function tooFewCode({ asked }: TooFew): string {
  return Number.isInteger(asked) ? 'integer_below_min_value' : 'invalid_type'
}

function toolFields(refusal: Refusal): Fields | undefined {
  switch (refusal.kind) {
    case 'orphan-result': {
      const message =
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
      return [400, message, INVALID, refusal.position, null]
    }
    case 'missing-result': {
      const ids = refusal.callIds.join(', ')
      const message = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids}`
      return [400, message, INVALID, `${refusal.position}.role`, null]
    }
    case 'bad-tool-name': {
      const at = `tools[${refusal.index}].function.name`
      return [400, patternMessage(at), INVALID, at, 'invalid_value']
    }
    case 'bad-called-name': {
      const at = `${refusal.position}.function.name`
      return [400, patternMessage(at), INVALID, at, 'invalid_value']
    }
    case 'bad-call-id': {
      const at = `${refusal.position}.id`
      return [400, longMessage(at, 40, refusal.length), INVALID, at, 'string_above_max_length']
    }
    case 'bad-tool-schema': {
      const message = `Invalid schema for function '${refusal.tool}': schema must be a JSON Schema of 'type: "object"', got 'type: ${refusal.found}'.`
      return [400, message, INVALID, `tools[${refusal.index}].function.parameters`, 'invalid_function_parameters']
    }
    case 'bad-answer-schema': {
      const message = `Invalid schema for response_format '${refusal.name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${refusal.found}"'.`
      return [400, message, INVALID, 'response_format', null]
    }
    default:
      return undefined
  }
}

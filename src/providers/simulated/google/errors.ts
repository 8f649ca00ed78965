/**
 * Gemini's errors: `google.rpc.Status` with the canonical codes, sentences as the API says them.
 *
 * @module
 */
import type { ErrorReply, Refusal, RetryAfter } from '../refusal.ts'

type Fields = readonly [status: number, code: string, message: string, details?: readonly object[]]

const INVALID = 'INVALID_ARGUMENT'
const TYPE = 'type.googleapis.com/google.rpc'

export function generateError(refusal: Refusal): ErrorReply {
  const [status, code, message, details] = vendorFields(refusal) ?? [400, INVALID, requestMessage(refusal)]
  return { status, body: { error: { code: status, message, status: code, ...(details && { details }) } } }
}

function vendorFields(refusal: Refusal): Fields | undefined {
  switch (refusal.kind) {
    case 'unauthenticated': {
      const details = [{ '@type': `${TYPE}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' }]
      // The one vendor that calls a key that is not right a request that is not.
      return [400, INVALID, 'API key not valid. Please pass a valid API key.', details]
    }
    case 'payment-required':
      return [402, 'FAILED_PRECONDITION', 'Billing is not enabled for this project.']
    case 'quota-exhausted':
      return [429, 'RESOURCE_EXHAUSTED', QUOTA_MESSAGE, [quotaFailure('GenerateRequestsPerDayPerProjectPerModel')]]
    case 'rate-limit':
      return [429, 'RESOURCE_EXHAUSTED', QUOTA_MESSAGE, rateDetails(refusal)]
    case 'overloaded':
      return [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', retryInfo(refusal.retryAfter)]
    case 'server-error':
      return [500, 'INTERNAL', 'An internal error has occurred. Please retry.']
    case 'unknown-model': {
      const message = `models/${refusal.model} is not found for API version v1beta, or is not supported for generateContent.`
      return [404, 'NOT_FOUND', message]
    }
    default:
      return undefined
  }
}

const QUOTA_MESSAGE = 'You exceeded your current quota, please check your plan and billing details.'

const QUOTAS = {
  requests: 'GenerateRequestsPerMinutePerProjectPerModel',
  tokens: 'GenerateContentInputTokensPerModelPerMinute',
  concurrency: 'ConcurrentGenerateRequestsPerProjectPerModel',
}

function rateDetails({ of = 'requests', retryAfter }: Extract<Refusal, { kind: 'rate-limit' }>): object[] {
  return [quotaFailure(QUOTAS[of]), ...retryInfo(retryAfter)]
}

function retryInfo(retryAfter: RetryAfter | undefined): object[] {
  if (retryAfter?.in !== 'body') return []
  return [{ '@type': `${TYPE}.RetryInfo`, retryDelay: `${retryAfter.ms / 1000}s` }]
}

function quotaFailure(quotaId: string): object {
  return { '@type': `${TYPE}.QuotaFailure`, violations: [{ quotaId }] }
}

function requestMessage(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'rule':
      return refusal.message
    case 'max-tokens': {
      const { asked, most } = refusal
      return `Unable to submit request because it has a maxOutputTokens value of ${asked} but the supported range is from 1 (inclusive) to ${most + 1} (exclusive).`
    }
    case 'too-few-tokens':
      return '* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive.'
    case 'context-too-long': {
      const { tokens, window } = refusal
      return `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${window}).`
    }
    case 'orphan-result':
      return 'Please ensure that function response turn comes immediately after a function call turn.'
    case 'missing-result':
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'
    case 'foreign-signature':
      return `Thought signature is not valid: ${refusal.position}`
    case 'missing-signature':
      return `Function call \`${refusal.tool}\` in the \`${refusal.position}. content block\` is missing a \`thought_signature\`.`
    case 'bad-tool-name':
      return `GenerateContentRequest.tools[0].function_declarations[${refusal.index}].name: Invalid function name.`
    case 'bad-called-name':
      return `GenerateContentRequest.${refusal.position}.function_call.name: Invalid function name.`
    case 'bad-tool-schema':
      return `GenerateContentRequest.tools[0].function_declarations[${refusal.index}].parameters: schema should be of type OBJECT.`
    case 'prefill':
      return 'Please ensure that the conversation ends with a user turn or a function response.'
    case 'no-json-mode':
      return 'JSON mode is not enabled for this model: generation_config.response_mime_type'
    case 'bad-answer-schema':
      return 'Invalid JSON payload received: generation_config.response_json_schema is not a schema.'
    case 'bad-value':
      return `* GenerateContentRequest.${refusal.parameter}: ${refusal.expected} is required`
    default:
      return `The request is not valid: ${refusal.kind}.`
  }
}

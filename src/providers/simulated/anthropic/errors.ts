/**
 * Anthropic's errors: statuses and types of its error page, sentences as the API says them.
 *
 * @module
 */
import type { ErrorReply, Refusal } from '../refusal.ts'

type Fields = readonly [status: number, type: string, message: string]

const INVALID = 'invalid_request_error'

export function messagesError(refusal: Refusal, requestId: string): ErrorReply {
  const [status, type, message] = vendorFields(refusal) ?? requestFields(refusal)
  return { status, body: { type: 'error', error: { type, message }, ...(requestId && { request_id: requestId }) } }
}

function vendorFields(refusal: Refusal): Fields | undefined {
  switch (refusal.kind) {
    case 'unauthenticated':
      return [401, 'authentication_error', 'invalid x-api-key']
    case 'payment-required':
      return [402, 'billing_error', 'Your credit balance is too low to access the Anthropic API.']
    case 'quota-exhausted':
      return [400, INVALID, 'You have reached your specified API usage limits.']
    case 'rate-limit':
      return [429, 'rate_limit_error', rateMessage(refusal.of)]
    case 'overloaded':
      return [529, 'overloaded_error', 'Overloaded']
    case 'server-error':
      return [500, 'api_error', 'Internal server error']
    case 'unknown-model':
      return [404, 'not_found_error', `model: ${refusal.model}`]
    default:
      return undefined
  }
}

function rateMessage(of: 'requests' | 'tokens' | 'concurrency' = 'requests'): string {
  if (of === 'concurrency') return 'Number of concurrent connections has exceeded your rate limit.'
  return `This request would exceed your organization's rate limit of ${of} per minute.`
}

function requestFields(refusal: Refusal): Fields {
  return [400, INVALID, promptMessage(refusal) ?? toolMessage(refusal) ?? `The request is not valid: ${refusal.kind}.`]
}

function promptMessage(refusal: Refusal): string | undefined {
  switch (refusal.kind) {
    case 'rule':
      return refusal.message
    case 'max-tokens': {
      const { asked, most, model } = refusal
      return `max_tokens: ${asked} > ${most}, which is the maximum allowed number of output tokens for ${model}`
    }
    case 'too-few-tokens':
      return Number.isInteger(refusal.asked)
        ? `max_tokens: Input should be greater than or equal to ${refusal.least}`
        : 'max_tokens: Input should be a valid integer'
    case 'context-too-long':
      return `prompt is too long: ${refusal.tokens} tokens > ${refusal.window} maximum`
    case 'content-filter':
      return 'Output blocked by content filtering policy'
    case 'foreign-signature':
      return `${refusal.position}: Invalid \`signature\` in \`thinking\` block`
    case 'prefill':
      return 'This model does not support assistant message prefill. The conversation must end with a user message.'
    case 'too-many-marks':
      return `A maximum of 4 blocks with cache_control may be provided. Found ${refusal.found}.`
    case 'bad-value':
      return `${refusal.parameter}: Field required (${refusal.expected})`
    default:
      return undefined
  }
}

function toolMessage(refusal: Refusal): string | undefined {
  switch (refusal.kind) {
    case 'orphan-result':
      return `${refusal.position}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${refusal.callId}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
    case 'missing-result': {
      const ids = refusal.callIds.join(', ')
      return `${refusal.position}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
    }
    case 'repeated-call':
      return `${refusal.position}: \`tool_use\` ids must be unique`
    case 'bad-tool-name':
      return `tools.${refusal.index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`
    case 'bad-called-name':
      return `${refusal.position}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`
    case 'bad-call-id':
      return `${refusal.position}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`
    case 'bad-tool-schema':
      return `tools.${refusal.index}.custom.input_schema.type: Input should be 'object'`
    case 'no-json-mode':
      return "output_config.format: 'json_schema' is not supported on this model"
    case 'bad-answer-schema':
      return 'output_config.format.schema: Input should be a valid JSON schema'
    default:
      return undefined
  }
}

/**
 * What the codes of OpenAI's error shape mean. OpenAI, its Responses and every compatible server share them.
 *
 * @module
 */
import type { AttemptFaultKind } from '../../core/faults/fault.ts'
import { own, recordOf, textOf } from '../json.ts'
import { BASE_RESP_KINDS, saysFiltered } from './base-resp.ts'
import { type ErrorFields, handedOnMessage } from './error-body.ts'
import { statusKind } from './status-kind.ts'
import { saysBadKey, saysOutOfMoney, saysRefused, saysTooLong, saysUnsupported } from './what-message-says.ts'

const KINDS: Readonly<Record<string, AttemptFaultKind>> = {
  insufficient_quota: 'quota-exhausted',
  billing_hard_limit_reached: 'quota-exhausted',
  billing_not_active: 'quota-exhausted',
  insufficient_balance: 'quota-exhausted',
  exceeded_current_quota_error: 'quota-exhausted',
  rate_limit_exceeded: 'rate-limited',
  rate_limit_error: 'rate-limited',
  too_many_requests: 'rate-limited',
  slow_down: 'overloaded',
  context_length_exceeded: 'context-too-long',
  string_above_max_length: 'context-too-long',
  content_filter: 'refused',
  content_policy_violation: 'refused',
  moderation_blocked: 'refused',
  image_content_policy_violation: 'refused',
  invalid_prompt: 'refused',
  ResponsibleAIPolicyViolation: 'refused',
  invalid_api_key: 'unauthenticated',
  account_deactivated: 'unauthenticated',
  authentication_error: 'unauthenticated',
  invalid_organization: 'unauthenticated',
  unsupported_parameter: 'unsupported',
  unsupported_value: 'unsupported',
  unsupported_model: 'unsupported',
  model_not_found: 'invalid-request',
  unsupported_country_region_territory: 'invalid-request',
  server_error: 'overloaded',
  overloaded_error: 'overloaded',
  server_overloaded: 'overloaded',
  service_unavailable: 'overloaded',
  internal_server_error: 'overloaded',
  vector_store_timeout: 'timed-out',
  // GitHub Copilot's, llama.cpp's.
  model_max_prompt_tokens_exceeded: 'context-too-long',
  exceed_context_size_error: 'context-too-long',
  // Groq, of what its model wrote: https://console.groq.com/docs/errors
  tool_use_failed: 'malformed-reply',
  json_validate_failed: 'malformed-reply',
  // Its account has reached the limit that was set for it, or is closed: https://console.groq.com/docs/spend-limits
  blocked_api_access: 'quota-exhausted',
  organization_restricted: 'unauthenticated',
  // Alibaba Cloud Model Studio: https://www.alibabacloud.com/help/en/model-studio/error-code
  Arrearage: 'quota-exhausted',
  'AllocationQuota.FreeTierOnly': 'quota-exhausted',
  data_inspection_failed: 'refused',
  DataInspectionFailed: 'refused',
  // Zhipu and Z.ai, whose status is 429 for the most of these: https://docs.z.ai/api-reference/api-code
  1112: 'unauthenticated',
  1121: 'unauthenticated',
  1113: 'quota-exhausted',
  1261: 'context-too-long',
  1301: 'refused',
  1304: 'quota-exhausted',
  1308: 'quota-exhausted',
  1309: 'quota-exhausted',
  1310: 'quota-exhausted',
  1311: 'invalid-request',
  1313: 'quota-exhausted',
  // Amazon Bedrock's, in Converse's list of errors.
  ThrottlingException: 'rate-limited',
  ServiceQuotaExceededException: 'quota-exhausted',
  AccessDeniedException: 'unauthenticated',
  ExpiredTokenException: 'unauthenticated',
  InvalidSignatureException: 'unauthenticated',
  UnrecognizedClientException: 'unauthenticated',
  InternalServerException: 'overloaded',
  ModelErrorException: 'overloaded',
  ModelNotReadyException: 'overloaded',
  ModelStreamErrorException: 'overloaded',
  ServiceUnavailableException: 'overloaded',
  ModelTimeoutException: 'timed-out',
  ResourceNotFoundException: 'invalid-request',
  ...BASE_RESP_KINDS,
}

/** OpenRouter's `error_type`, which is the same whoever its vendor is; what the others say, their status says too. */
const ROUTERS: Readonly<Record<string, AttemptFaultKind>> = {
  context_length_exceeded: 'context-too-long',
  token_limit_exceeded: 'context-too-long',
  string_too_long: 'context-too-long',
  content_policy_violation: 'refused',
  refusal: 'refused',
}

/** An id or a name that is too long for OpenAI, which no larger window takes either. */
const NAMES_SOMETHING = /\.(?:id|call_id|tool_call_id|name)$/

/** The code first, then the type, then known words, then the status; an in-band error without any is the server's own. */
export function wordKind(fields: ErrorFields, status: number | undefined): AttemptFaultKind {
  if (fields.code === 'string_above_max_length' && NAMES_SOMETHING.test(fields.parameter ?? ''))
    return 'invalid-request'
  if (saysFiltered(fields.message)) return 'refused'
  const worded = own(KINDS, fields.code) ?? own(KINDS, fields.type)
  // Many servers put `server_error` on everything; beside a 429 or a 401 it says nothing.
  const vague = worded === 'overloaded' && status !== undefined && status < 500
  return (vague ? undefined : worded) ?? messageKind(fields, status) ?? bare(fields, status)
}

/** What a request has wrong, where no status says so: `invalid_request_error`, and Responses' codes for images that it cannot use. */
const OF_REQUEST = /^invalid_|(?:^|_)image(?:_|$)|^ValidationException$/

function bare({ code = '', type = '' }: ErrorFields, status: number | undefined): AttemptFaultKind {
  if (status !== undefined) return statusKind(status)
  return OF_REQUEST.test(code) || OF_REQUEST.test(type) ? 'invalid-request' : 'overloaded'
}

function messageKind(fields: ErrorFields, status: number | undefined): AttemptFaultKind | undefined {
  const { message, error } = fields
  const metadata = recordOf(error.metadata)
  const isFiltered = metadata.flagged_input !== undefined || [metadata.reasons, metadata.patterns].some(Array.isArray)
  if (status === 403 && isFiltered) return 'refused'
  if (saysOutOfMoney(message, status)) return 'quota-exhausted'
  if (status !== undefined && status >= 500) return undefined
  if (status === 429 || status === 401) return undefined
  if (saysBadKey(message)) return 'unauthenticated'
  return own(ROUTERS, textOf(metadata.error_type)) ?? kindOfCall(message) ?? kindOfCall(handedOnMessage(fields))
}

/** Kinds that end this call at most and close no endpoint. The vendor behind a router may say so too. */
function kindOfCall(message: string): AttemptFaultKind | undefined {
  if (saysRefused(message)) return 'refused'
  if (saysTooLong(message)) return 'context-too-long'
  return saysUnsupported(message) ? 'unsupported' : undefined
}

/**
 * What the codes of OpenAI's error shape mean. OpenAI, its Responses and every compatible server share them.
 *
 * @module
 */
import type { FaultKind } from '../../core/faults/fault.ts'
import { own, recordOf } from '../json.ts'
import type { ErrorFields } from './error-body.ts'
import { statusKind } from './status-kind.ts'
import { saysOutOfMoney, saysTooLong, saysUnsupported } from './vendor-templates.ts'

const KINDS: Readonly<Record<string, FaultKind>> = {
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
}

/** An id or a name that is too long for OpenAI, which no larger window takes either. */
const NAMES_SOMETHING = /\.(?:id|call_id|tool_call_id|name)$/

/** The code first, then the type, then known words, then the status; an in-band error without any is the server's own. */
export function wordKind(fields: ErrorFields, status: number | undefined): FaultKind {
  if (fields.code === 'string_above_max_length' && NAMES_SOMETHING.test(fields.parameter ?? ''))
    return 'invalid-request'
  const worded = own(KINDS, fields.code) ?? own(KINDS, fields.type)
  // Many servers put `server_error` on everything; beside a 429 or a 401 it says nothing.
  const vague = worded === 'overloaded' && status !== undefined && status < 500
  return (vague ? undefined : worded) ?? messageKind(fields, status) ?? bare(status)
}

function bare(status: number | undefined): FaultKind {
  return status === undefined ? 'overloaded' : statusKind(status)
}

function messageKind({ message, error }: ErrorFields, status: number | undefined): FaultKind | undefined {
  const metadata = recordOf(error.metadata)
  if (status === 403 && (metadata.flagged_input !== undefined || Array.isArray(metadata.reasons))) return 'refused'
  if (status !== undefined && status >= 500) return undefined
  if (saysOutOfMoney(message)) return 'quota-exhausted'
  if (status === 429 || status === 401) return undefined
  if (saysTooLong(message)) return 'context-too-long'
  return saysUnsupported(message) ? 'unsupported' : undefined
}

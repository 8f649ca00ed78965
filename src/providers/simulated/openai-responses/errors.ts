/**
 * OpenAI's errors for Responses. What is about the account is as in chat completions; parameters and sentences about
 * the input are this API's own.
 *
 * @module
 */
import { longMessage, patternMessage, tooFewCode, tooFewMessage, vendorFields } from '../openai-chat/errors.ts'
import type { ErrorReply, Refusal } from '../refusal.ts'

type Fields = readonly [status: number, message: string, parameter: string | null, code: string | null]

export function responsesError(refusal: Refusal): ErrorReply {
  const vendor = vendorFields(refusal)
  if (vendor) {
    const [status, message, type, param, code] = vendor
    return { status, body: { error: { message, type, param, code } } }
  }
  const [status, message, param, code] = inputFields(refusal) ??
    toolFields(refusal) ?? [400, `The request is not valid: ${refusal.kind}.`, null, null]
  return { status, body: { error: { message, type: 'invalid_request_error', param, code } } }
}

function inputFields(refusal: Refusal): Fields | undefined {
  switch (refusal.kind) {
    case 'rule':
      return [400, refusal.message, refusal.parameter ?? null, refusal.code ?? null]
    case 'max-tokens': {
      const { asked, most } = refusal
      const message = `Invalid 'max_output_tokens': integer above maximum value. Expected a value <= ${most}, but got ${asked} instead.`
      return [400, message, 'max_output_tokens', 'integer_above_max_value']
    }
    case 'too-few-tokens':
      return [400, tooFewMessage('max_output_tokens', refusal), 'max_output_tokens', tooFewCode(refusal)]
    case 'context-too-long': {
      const message = 'Your input exceeds the context window of this model. Please adjust your input and try again.'
      return [400, message, 'input', 'context_length_exceeded']
    }
    case 'content-filter': {
      const message = 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.'
      return [400, message, null, 'invalid_prompt']
    }
    case 'foreign-signature': {
      const message = `The encrypted content for item ${refusal.position} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`
      return [400, message, null, 'invalid_encrypted_content']
    }
    case 'lonely-reasoning': {
      const message = `Item '${refusal.itemId}' of type 'reasoning' was provided without its required following item.`
      return [400, message, 'input', null]
    }
    case 'unknown-item': {
      const message = `Item with id '${refusal.itemId}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`
      return [404, message, 'input', null]
    }
    case 'prefill':
      return [400, 'The last input item must not be a message of the assistant.', 'input', 'invalid_value']
    case 'no-json-mode': {
      const message = "Invalid parameter: 'text.format' of type 'json_object' is not supported with this model."
      return [400, message, 'text.format', null]
    }
    case 'bad-value': {
      const { parameter, expected } = refusal
      return [400, `Invalid value for '${parameter}': expected ${expected}.`, parameter, 'invalid_value']
    }
    default:
      return undefined
  }
}

function toolFields(refusal: Refusal): Fields | undefined {
  switch (refusal.kind) {
    case 'orphan-result':
      return [400, `No tool call found for function call output with call_id ${refusal.callId}.`, 'input', null]
    case 'missing-result':
      return [400, `No tool output found for function call ${refusal.callIds[0]}.`, 'input', null]
    case 'bad-tool-name': {
      const at = `tools[${refusal.index}].name`
      return [400, patternMessage(at), at, 'invalid_value']
    }
    case 'bad-called-name': {
      const at = `${refusal.position}.name`
      return [400, patternMessage(at), at, 'invalid_value']
    }
    case 'bad-call-id': {
      const at = `${refusal.position}.call_id`
      return [400, longMessage(at, 64, refusal.length), at, 'string_above_max_length']
    }
    case 'bad-tool-schema': {
      const message = `Invalid schema for function '${refusal.tool}': schema must be a JSON Schema of 'type: "object"', got 'type: ${refusal.found}'.`
      return [400, message, `tools[${refusal.index}].parameters`, 'invalid_function_parameters']
    }
    case 'bad-answer-schema': {
      const message = `Invalid schema for response_format '${refusal.name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${refusal.found}"'.`
      return [400, message, 'text.format.schema', 'invalid_json_schema']
    }
    default:
      return undefined
  }
}

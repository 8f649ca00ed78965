import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { FaultKind } from '../../src/core/faults/fault.ts'
import { dialectOf } from '../../src/providers/dialects.ts'
import { errorIn } from '../../src/providers/faults/error-body.ts'
import { faultOf } from '../../src/providers/faults/fault-words.ts'
import { replyFault } from '../../src/providers/faults/reply-fault.ts'
import { classifyError } from '../../src/providers/openai-compatible/classify-error.ts'

/** Errors as servers write them that resemble OpenAI: a status and a body, or a chunk of a stream without a status. */
const kindOf = (status: number | undefined, error: unknown) =>
  classifyError({ ...(status !== undefined && { status }), headers: {}, body: { error } } as never).kind

it.each<[string, number, FaultKind]>([
  ['INVALID_ARGUMENT', 400, 'invalid-request'],
  ['UNAVAILABLE', 503, 'overloaded'],
  ['RESOURCE_EXHAUSTED', 429, 'rate-limited'],
])('an error of Google’s in a stream, %s with %i, is %s', (status, code, kind) => {
  const body = { error: { code, status, message: 'CANARY-PROMPT' } }
  expect(dialectOf('google').classifyError({ headers: {}, body }).kind).toBe(kind)
})

describe('what an error of a compatible server means', () => {
  it.each<[string, number | undefined, unknown, FaultKind]>([
    // https://openrouter.ai/docs/api/reference/errors-and-debugging
    ['moderation', 403, { code: 403, metadata: { reasons: ['violence'] } }, 'refused'],
    ['moderation', 403, { code: 403, metadata: { flagged_input: 'How to …' } }, 'refused'],
    // A guardrail's filter: https://openrouter.ai/docs/guides/features/guardrails
    ['a filter of one’s own', 403, { code: 403, metadata: { patterns: ['email'] } }, 'refused'],
    ['the limit of a key', 403, { code: 403, message: 'Key limit exceeded (daily limit).' }, 'quota-exhausted'],
    [
      'the kind that a router names beside a sentence that says nothing',
      400,
      { code: 400, message: 'Provider returned error', metadata: { error_type: 'context_length_exceeded' } },
      'context-too-long',
    ],
    ['the same of a refusal', 400, { code: 400, metadata: { error_type: 'content_policy_violation' } }, 'refused'],
    [
      'what a router hands on of its vendor',
      400,
      {
        code: 400,
        message: 'Provider returned error',
        metadata: { raw: '{"error":{"message":"This model\'s maximum context length is 8192 tokens."}}' },
      },
      'context-too-long',
    ],
    [
      'the same where its vendor has not paid',
      400,
      { code: 400, message: 'Provider returned error', metadata: { raw: '{"message":"Insufficient credits"}' } },
      'invalid-request',
    ],
    ['a key that may not', 403, { code: 403, metadata: {} }, 'unauthenticated'],
    ['another status with such metadata', 401, { metadata: { reasons: ['expired'] } }, 'unauthenticated'],
    ['money, whatever the status', 400, { message: 'Insufficient Balance' }, 'quota-exhausted'],
    ['money at a 429', 429, { message: 'You exceeded your current quota, please check …' }, 'quota-exhausted'],
    ['a server in trouble that speaks of money', 500, { message: 'insufficient funds' }, 'overloaded'],
    ['a prompt that is too long', 400, { message: 'maximum context length is 8192 tokens' }, 'context-too-long'],
    ['a limit on tokens that speaks of the context', 429, { message: 'context limit per minute' }, 'rate-limited'],
    ['a key that speaks of the context', 401, { message: 'no access to this context window' }, 'unauthenticated'],
    ['an ability', 404, { message: 'No endpoints found that support tool use' }, 'unsupported'],
    ['`server_error` on everything', 429, { type: 'server_error' }, 'rate-limited'],
    ['`server_error` on everything', 401, { code: 'server_error' }, 'unauthenticated'],
    ['`server_error` that is one', 500, { type: 'server_error' }, 'overloaded'],
    ['`server_error` in a stream', undefined, { type: 'server_error' }, 'overloaded'],
    [
      'a request that is wrong, in a stream',
      undefined,
      { type: 'invalid_request_error', code: null },
      'invalid-request',
    ],
    [
      'the same beside a code that nobody knows',
      undefined,
      { type: 'invalid_request_error', code: 'unknown_parameter' },
      'invalid-request',
    ],
    ['`server_error` beside it', undefined, { type: 'invalid_request_error', code: 'server_error' }, 'overloaded'],
    // https://platform.openai.com/docs/api-reference/responses/object, `error.code`
    ...(['invalid_base64_image', 'image_too_large', 'failed_to_download_image', 'unsupported_image_media_type'].map(
      code => ['an image that is wrong, in a stream', undefined, { code }, 'invalid-request'] as const,
    ) as [string, undefined, unknown, FaultKind][]),
    ['an image that is refused', undefined, { code: 'image_content_policy_violation' }, 'refused'],
    ['a status as its code, in a stream', undefined, { code: 429 }, 'rate-limited'],
    ['a status beside a word for a code, in a stream', undefined, { code: 'E_BUSY', status: 429 }, 'rate-limited'],
    // https://console.groq.com/docs/errors, of a stream
    ['the same as Groq has it', undefined, { code: 'request_too_large', status_code: 413 }, 'context-too-long'],
    ['a word that names a status of no error', undefined, { code: 'E_BUSY', status: 'failed' }, 'overloaded'],
    ['the code before the type', 400, { code: 'content_filter', type: 'rate_limit_error' }, 'refused'],
    [
      'a text that is too long',
      400,
      { code: 'string_above_max_length', param: 'messages[0].content' },
      'context-too-long',
    ],
    [
      'an id that is too long',
      400,
      { code: 'string_above_max_length', param: 'messages[2].tool_call_id' },
      'invalid-request',
    ],
    ['a text that is too long, without its place', 400, { code: 'string_above_max_length' }, 'context-too-long'],
    ['words alone', 400, 'maximum context length', 'context-too-long'],
    ['a status in a stream', undefined, { code: 429 }, 'rate-limited'],
    ['nothing at all in a stream', undefined, { message: 'oh no' }, 'overloaded'],
  ])('%s (%s %j) is %s', (_, status, error, kind) => {
    expect(kindOf(status, error)).toBe(kind)
  })

  /** A 400 repeats what the caller has said: in quotes, as JSON, as Python writes it. */
  it.each([
    'insufficient balance',
    'Your credit balance is too low',
    'I have reached my spending limit',
    'the context window is too small',
    'the prompt is too long',
    'This organization has been disabled.',
    'the output was blocked by content filtering policy',
    "it's that tools are not supported",
  ])('is not told by a word that it quotes: %s', said => {
    for (const message of [
      `Invalid value: '${said}'. Supported values are: 'system', 'user'.`,
      `'${said}' does not match '^[a-zA-Z0-9_-]+$' - 'tools.0.function.name'`,
      `Invalid value at contents[0].parts[0] (TYPE_STRING), "${said}"`,
      `[{'type': 'missing', 'msg': 'Field required', 'input': {'text': '${said}'}}]`,
      `1 validation error for messages[0].content: input_value='${said}', input_type=str`,
      `Failed to deserialize the JSON body: messages[2].role: unknown variant \`${said}\`, expected one of \`user\``,
      `messages.1.content: Input should be {"text": "${said}"}`,
      `[${said}] is no role`,
    ])
      for (const protocol of ['openai-compatible', 'anthropic', 'google']) {
        const error = { type: 'invalid_request_error', message }
        const { kind } = dialectOf(protocol).classifyError({ status: 400, headers: {}, body: { error } })
        expect({ protocol, message, kind }).toEqual({ protocol, message, kind: 'invalid-request' })
      }
  })

  /** Whoever has typed a quotation mark ends the quote early. */
  it.each(['insufficient balance', 'Your credit balance is too low', 'This organization has been disabled.'])(
    'closes no endpoint by a word that it quotes behind a quotation mark: x" %s',
    said => {
      for (const message of [
        `Invalid value: 'x' ${said}'. Supported values are: 'system', 'user'.`,
        `Invalid JSON payload received. Unknown name "x" ${said} "": Cannot find field.`,
        `Unknown role \`model "x" ${said}\``,
      ])
        for (const protocol of ['openai-compatible', 'anthropic', 'google']) {
          const error = { type: 'invalid_request_error', status: 'FAILED_PRECONDITION', message }
          const { kind } = dialectOf(protocol).classifyError({ status: 400, headers: {}, body: { error } })
          expect({ protocol, message, kind }).toEqual({ protocol, message, kind: 'invalid-request' })
        }
    },
  )

  it.each([
    ['quota-exhausted', '[Gateway] Insufficient credits'],
    ['quota-exhausted', 'The team "Press Room" has run out of credits.'],
    ['quota-exhausted', "Your project 'press' does not have any credits."],
    ['unsupported', 'Model "Llama 3 8B" does not support tools'],
    ['unsupported', "[openai/gpt-4o] Parameter 'tools' is not supported"],
    ['context-too-long', 'Prompt for model `Command R+ (08-2024)` is too long: the context window is 4096'],
  ])('is %s behind the name of who speaks or of what is the vendor’s: %s', (kind, message) => {
    expect(kindOf(400, { message })).toBe(kind)
  })

  it('says how OpenAI’s models are named where one of them is not known for it', () => {
    const evidence = { status: 400, code: 'unsupported_parameter', parameter: 'max_tokens' }
    const { message } = faultOf('azure:azure/ours', 'unsupported', evidence)
    expect(message).toContain('call it openai/gpt-… with the id on the wire as its `upstream`')
    expect(faultOf('v:x/y', 'unsupported', { ...evidence, parameter: 'tools' }).message).toContain(
      'Correct its abilities',
    )
  })

  // LiteLLM's: https://github.com/OpenHands/OpenHands/issues/4894, https://github.com/kortix-ai/suna/issues/172
  it.each([
    [
      'context-too-long',
      'litellm.ContextWindowExceededError: AnthropicError - {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210543 tokens > 200000 maximum"}}',
    ],
    [
      'context-too-long',
      `litellm.BadRequestError: AnthropicException - b'{"type":"error","error":{"type":"invalid_request_error","message":"input length and \`max_tokens\` exceed context limit: 174167 + 64000 > 200000"}}'`,
    ],
    [
      'context-too-long',
      `Error code: 400 - {'error': {'message': "This model's maximum context length is 8192 tokens.", 'type': 'BadRequestError'}}`,
    ],
    [
      'quota-exhausted',
      'litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}',
    ],
    [
      'invalid-request',
      `Error code: 400 - {'error': {'message': "Invalid value: 'insufficient balance'. Supported values are: 'system'.", 'type': 'x'}}`,
    ],
    ['invalid-request', 'Input should be valid - {"text": {"message": "insufficient balance"}}'],
  ])('is %s in the error of a vendor that a proxy hands on: %s', (kind, message) => {
    expect(kindOf(400, { message })).toBe(kind)
  })

  it('is kept as its words of one piece, and never as a sentence that may quote content', () => {
    const error = { code: 17, type: 'billing', param: 'messages[3].content', message: 'secret' }
    expect(classifyError({ status: 400, headers: {}, body: [{ error }] } as never)).toEqual({
      kind: 'invalid-request',
      code: '17',
      type: 'billing',
      parameter: 'messages[3].content',
    })
    const quoting = { code: 'the word “bluebird” is bad', type: ['bluebird'], param: `a${'b'.repeat(80)}` }
    expect(classifyError({ status: 400, headers: {}, body: { error: quoting } } as never)).toEqual({
      kind: 'invalid-request',
    })
  })
})

const error = (message: string, more: object = {}) => ({ error: { message, ...more } })

/** As the vendors' documents and their users' reports have them; the account's own names are left out. */
describe('what a vendor says in its own words', () => {
  const TOO_LONG = 'context-too-long'
  const BROKE = 'quota-exhausted'
  const MAX_TOKENS = 'too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model'

  it.each<[string, string, number, unknown, FaultKind]>([
    // https://docs.x.ai/docs/guides/debugging, https://github.com/continuedev/continue/issues/12670
    [
      'xAI',
      '@ai-sdk/xai',
      400,
      { error: "This model's maximum prompt length is 131072 but the request contains 139000 tokens." },
      TOO_LONG,
    ],
    [
      'xAI',
      '@ai-sdk/xai',
      400,
      { error: 'Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai.' },
      'unauthenticated',
    ],
    [
      'xAI',
      '@ai-sdk/xai',
      403,
      { code: 'permission-denied', error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO' },
      'refused',
    ],
    ['xAI', '@ai-sdk/xai', 403, { error: "Your newly created team doesn't have any credits or licenses yet." }, BROKE],
    ['xAI', '@ai-sdk/xai', 403, { error: 'You have run out of credits or need a Grok subscription.' }, BROKE],
    [
      'xAI',
      '@ai-sdk/xai',
      429,
      { error: 'Your team has either used all available credits or reached its monthly spending limit.' },
      BROKE,
    ],
    // https://github.com/huggingface/chat-ui/issues/1149
    [
      'Together',
      'openai-compatible',
      422,
      error(
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 6204 `inputs` tokens and 2047 `max_new_tokens`',
      ),
      TOO_LONG,
    ],
    // https://docs.cohere.com/reference/errors
    [
      'Cohere',
      '@ai-sdk/cohere',
      400,
      { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.' },
      TOO_LONG,
    ],
    ['Cohere', '@ai-sdk/cohere', 400, { message: 'too many tokens: size limit exceeded by 11326 tokens.' }, TOO_LONG],
    ['Cohere', '@ai-sdk/cohere', 400, { message: MAX_TOKENS }, 'invalid-request'],
    // Amazon Titan and Nova
    [
      'Bedrock',
      '@ai-sdk/amazon-bedrock',
      400,
      { message: 'Too many input tokens. Max input tokens: 8192, request input token count: 11125' },
      TOO_LONG,
    ],
    [
      'Bedrock',
      '@ai-sdk/amazon-bedrock',
      400,
      { message: 'Input Tokens Exceeded: Number of input tokens exceeds maximum length.' },
      TOO_LONG,
    ],
    [
      'Vertex',
      '@ai-sdk/google-vertex',
      400,
      error(
        'Unable to submit request because the input token count is 1057990 but model only supports up to 1048576.',
        { status: 'INVALID_ARGUMENT' },
      ),
      TOO_LONG,
    ],
    [
      'Gemini',
      'google',
      400,
      error('User location is not supported for the API use.', { status: 'FAILED_PRECONDITION' }),
      'invalid-request',
    ],
    // https://github.com/MiniMax-AI/MiniMax-M2/issues/62, https://github.com/NousResearch/hermes-agent/issues/16680
    [
      'MiniMax',
      'anthropic',
      500,
      { type: 'error', error: { type: 'api_error', message: 'insufficient balance (1008)' } },
      BROKE,
    ],
    ['MiniMax', 'openai-compatible', 500, error('insufficient balance (1008)'), BROKE],
    // What a prompt points to is the caller's; of the key nothing is said.
    [
      'Gemini',
      'google',
      403,
      error('You do not have permission to access the File abc1 or it may not exist.', { status: 'PERMISSION_DENIED' }),
      'invalid-request',
    ],
    [
      'Gemini',
      'google',
      403,
      error('CachedContent not found (or permission denied)', { status: 'PERMISSION_DENIED' }),
      'invalid-request',
    ],
    [
      'Gemini',
      'google',
      429,
      error('You exceeded your current quota.', {
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            violations: [
              { quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier' },
              { quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' },
            ],
          },
        ],
      }),
      BROKE,
    ],
    // https://github.com/deepseek-ai/awesome-deepseek-integration/issues/13, https://github.com/deepseek-ai/DeepSeek-V2/issues/30
    ['DeepSeek', 'openai-compatible', 400, error('Content Exists Risk', { code: 'invalid_request_error' }), 'refused'],
    ['DeepSeek', 'openai-compatible', 400, { detail: 'Content Exists Risk' }, 'refused'],
    // https://github.com/MoonshotAI/kimi-cli/issues/2011
    [
      'Moonshot',
      'openai-compatible',
      400,
      error('Invalid request: Your request exceeded model token limit: 262144 (requested: 269030)', {
        type: 'invalid_request_error',
      }),
      TOO_LONG,
    ],
    // https://docs.z.ai/api-reference/api-code
    ['Z.ai', 'openai-compatible', 429, error('余额不足或无可用资源包,请充值。', { code: '1113' }), BROKE],
    ['Z.ai', 'openai-compatible', 400, error('Prompt 超长', { code: '1261' }), TOO_LONG],
    [
      'Z.ai',
      'openai-compatible',
      400,
      error('系统检测到输入或生成内容可能包含不安全或敏感内容', { code: '1301' }),
      'refused',
    ],
    ['Z.ai', 'openai-compatible', 429, error('Usage limit reached for 5 hour.', { code: '1308' }), BROKE],
    ['Z.ai', 'openai-compatible', 429, error('High concurrency usage of this API', { code: '1302' }), 'rate-limited'],
    // https://docs.bigmodel.cn/cn/api/api-code
    ['Zhipu', 'openai-compatible', 429, error('账户存违规行为,账号已被锁定', { code: '1121' }), 'unauthenticated'],
    ['Zhipu', 'openai-compatible', 429, error('当前订阅套餐暂未开放权限', { code: '1311' }), 'invalid-request'],
    ['Zhipu', 'openai-compatible', 429, error('不符合公平使用策略', { code: '1313' }), BROKE],
    // https://console.groq.com/docs/spend-limits, https://huggingface.co/spaces/suhail1399/Load_Balancing_App/discussions/1
    ['Groq', '@ai-sdk/groq', 400, error('API access is blocked.', { code: 'blocked_api_access' }), BROKE],
    [
      'Groq',
      '@ai-sdk/groq',
      400,
      error('Organization has been restricted. Please reach out to support if you believe this was in error.', {
        type: 'invalid_request_error',
        code: 'organization_restricted',
      }),
      'unauthenticated',
    ],
    // As users of Gemini have it in their tests and notes: AI Studio bills ahead, and lets one cap what a project spends.
    ...['google', 'openai-compatible'].flatMap(protocol =>
      [
        'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
        'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend',
      ].map(
        words =>
          ['Google', protocol, 429, error(words, { code: 429, status: 'RESOURCE_EXHAUSTED' }), BROKE] as [
            string,
            string,
            number,
            unknown,
            FaultKind,
          ],
      ),
    ),
    [
      'Google',
      'google',
      400,
      error('The input token count exceeds the maximum number of tokens allowed 1048576.', {
        code: 400,
        status: 'INVALID_ARGUMENT',
      }),
      TOO_LONG,
    ],
    // https://github.com/BerriAI/litellm/pull/16231
    [
      'LiteLLM, of Azure',
      'openai-compatible',
      400,
      error(
        "litellm.BadRequestError: litellm.ContentPolicyViolationError: litellm.ContentPolicyViolationError: AzureException - The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
        { type: null, param: null, code: '400' },
      ),
      'refused',
    ],
    // https://www.alibabacloud.com/help/en/model-studio/error-code
    [
      'Alibaba',
      'openai-compatible',
      400,
      error('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' }),
      BROKE,
    ],
    [
      'Alibaba',
      'openai-compatible',
      403,
      error('The free tier of the model has been exhausted.', { code: 'AllocationQuota.FreeTierOnly' }),
      BROKE,
    ],
    [
      'Alibaba',
      'openai-compatible',
      400,
      error('Input text data may contain inappropriate content.', { code: 'data_inspection_failed' }),
      'refused',
    ],
    [
      'Alibaba',
      'openai-compatible',
      400,
      error('<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]', {
        code: 'invalid_parameter_error',
      }),
      TOO_LONG,
    ],
    // https://platform.minimax.io/docs/api-reference/errorcode
    [
      'MiniMax',
      'anthropic',
      400,
      { type: 'error', ...error('invalid params, context window exceeds limit (2013)', { type: 'bad_request_error' }) },
      TOO_LONG,
    ],
    [
      'MiniMax',
      'anthropic',
      429,
      { type: 'error', ...error('insufficient balance (1008)', { type: 'rate_limit_error' }) },
      BROKE,
    ],
    [
      'MiniMax',
      'anthropic',
      422,
      { type: 'error', ...error('input new_sensitive (1026)', { type: 'unprocessable_entity_error' }) },
      'refused',
    ],
    [
      'MiniMax',
      'anthropic',
      500,
      { type: 'error', ...error('output new_sensitive (1027)', { type: 'api_error' }) },
      'refused',
    ],
    [
      'MiniMax',
      'openai-compatible',
      422,
      { type: 'error', ...error('output new_sensitive (1027)', { type: 'unprocessable_entity_error' }) },
      'refused',
    ],
    [
      'MiniMax',
      'openai-compatible',
      500,
      { type: 'error', ...error('input new_sensitive (1026)', { type: 'api_error' }) },
      'refused',
    ],
    [
      'Anthropic',
      'anthropic',
      400,
      { type: 'error', ...error('This organization has been disabled.', { type: 'invalid_request_error' }) },
      'unauthenticated',
    ],
    [
      'Anthropic',
      'anthropic',
      500,
      { type: 'error', ...error('insufficient funds', { type: 'api_error' }) },
      'overloaded',
    ],
    [
      'SiliconFlow',
      'openai-compatible',
      403,
      { code: 30001, message: 'Sorry, your account balance is insufficient', data: null },
      BROKE,
    ],
    [
      'SiliconFlow',
      'openai-compatible',
      400,
      { code: 20015, message: 'length of prompt_tokens (32910) must be less than max_seq_len (32768).' },
      TOO_LONG,
    ],
    [
      'Novita',
      'openai-compatible',
      403,
      { code: 403, reason: 'NOT_ENOUGH_BALANCE', message: 'not enough balance' },
      BROKE,
    ],
    [
      'Together',
      'openai-compatible',
      400,
      error('Credit limit exceeded, please navigate to https://api.together.ai/settings/billing'),
      BROKE,
    ],
    [
      'Fireworks',
      'openai-compatible',
      412,
      error(
        'Account is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
      ),
      BROKE,
    ],
    // https://github.com/groq/groq-typescript/issues/28: what its model wrote was no call, and another answer may be one.
    [
      'Groq',
      '@ai-sdk/groq',
      400,
      error('Failed to call a function. Please adjust your prompt.', {
        code: 'tool_use_failed',
        failed_generation: 'CANARY',
      }),
      'malformed-reply',
    ],
    [
      'Groq',
      '@ai-sdk/groq',
      400,
      error('Failed to generate JSON. Please adjust your prompt.', { code: 'json_validate_failed' }),
      'malformed-reply',
    ],
    [
      'Workers AI',
      'openai-compatible',
      400,
      {
        success: false,
        errors: [
          {
            code: 5021,
            message:
              'AiError: The estimated number of input and maximum output tokens (26000) exceeded this model context window limit (24000).',
          },
        ],
      },
      TOO_LONG,
    ],
    [
      'Workers AI',
      'openai-compatible',
      429,
      {
        success: false,
        errors: [{ code: 4006, message: 'you have used up your daily free allocation of 10,000 neurons' }],
      },
      BROKE,
    ],
    [
      'llama.cpp',
      'openai-compatible',
      400,
      error('the request exceeds the available context size', { code: 400, type: 'exceed_context_size_error' }),
      TOO_LONG,
    ],
    [
      'vLLM',
      'openai-compatible',
      400,
      {
        object: 'error',
        message: 'The decoder prompt (length 5000) is longer than the maximum model length of 4096.',
        code: 400,
      },
      TOO_LONG,
    ],
    [
      'Copilot',
      'openai-compatible',
      400,
      error('prompt token count of 140000 exceeds the limit of 128000', { code: 'model_max_prompt_tokens_exceeded' }),
      TOO_LONG,
    ],
    // https://github.com/minorun365/agent-book/issues/29
    [
      'Bedrock',
      '@ai-sdk/amazon-bedrock',
      429,
      { message: 'Too many tokens per day, please wait before trying again.' },
      BROKE,
    ],
    [
      'Bedrock',
      '@ai-sdk/amazon-bedrock',
      429,
      { message: 'Too many tokens, please wait before trying again.' },
      'rate-limited',
    ],
  ])('%s (%s, %i) %j is %s', (_, protocol, status, body, kind) => {
    const headers: Record<string, string> = protocol.endsWith('bedrock')
      ? { 'x-amzn-errortype': status === 429 ? 'ThrottlingException' : 'ValidationException' }
      : {}
    expect(dialectOf(protocol).classifyError({ status, headers, body }).kind).toBe(kind)
  })

  it.each([
    // https://ai.google.dev/gemini-api/docs/structured-output
    ['google', "Function calling with a response mime type: 'application/json' is unsupported"],
    ['openai-compatible', 'You cannot specify response format and function call at the same time'],
    ['@ai-sdk/groq', 'json mode cannot be combined with tool/function calling'],
  ])('%s: “%s” is about the shape of the answer, which then goes out in its next way', (protocol, message) => {
    const { classifyError } = dialectOf(protocol)
    expect(classifyError({ status: 400, headers: {}, body: error(message) }).parameter).toBe('response_format')
    for (const said of ['the tool get_weather is unknown', "Invalid value: 'I want json mode, in the response format'"])
      expect(classifyError({ status: 400, headers: {}, body: error(said) })).not.toHaveProperty('parameter')
  })

  // https://github.com/UKGovernmentBEIS/inspect_ai/issues/3721, https://github.com/tinovyatkin/amazon-bedrock-copilot-chat/issues/546
  it.each([
    ['anthropic', '`temperature` is deprecated for this model.'],
    [
      '@ai-sdk/amazon-bedrock',
      'The model returned the following errors: {"type":"error","request_id":"req_hxgd","error":{"type":"invalid_request_error","message":"temperature is deprecated for this model."}}',
    ],
  ])('%s: a setting that is taken no more is left out, whatever its value: %s', (protocol, message) => {
    const body = { type: 'error', error: { type: 'invalid_request_error', message }, message }
    const verdict = dialectOf(protocol).classifyError({ status: 400, headers: {}, body })
    expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'temperature' })
  })

  // https://github.com/RooCodeInc/Roo-Code/issues/3883: of each of its limits Google says that a quota was exceeded.
  it('Google’s own error in OpenAI’s format is read as Google’s: a limit of the minute is none of the account', () => {
    const said = error('You exceeded your current quota, please check your plan and billing details.', {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: [
        { violations: [{ quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier' }] },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '26s' },
      ],
    })
    for (const body of [[said], said]) {
      const verdict = dialectOf('openai-compatible').classifyError({ status: 429, headers: {}, body })
      expect(verdict).toMatchObject({ kind: 'rate-limited', retryAfterMs: 26_000 })
    }
  })

  it('an error with a status in other words than Google’s is read as any other', () => {
    const body = error('Insufficient Balance', { code: 400, status: 'BAD_REQUEST' })
    expect(dialectOf('openai-compatible').classifyError({ status: 400, headers: {}, body }).kind).toBe(BROKE)
  })

  it.each(['google', 'openai-compatible'])('%s: Google’s pause is heard where only its sentence says it', protocol => {
    const words = 'You exceeded your current quota. limit: 20, model: gemini-3.6-flash\nPlease retry in 36.429760048s.'
    const body = error(words, { code: 429, status: 'RESOURCE_EXHAUSTED' })
    const verdict = dialectOf(protocol).classifyError({ status: 429, headers: {}, body })
    expect(verdict).toMatchObject({ kind: 'rate-limited', retryAfterMs: 36_430 })
  })

  it.each([
    ['2026-01-15T12:00:00Z', 20 * 3_600_000],
    ['2026-07-15T06:59:58Z', 2_000],
    // Their clock may be behind ours, so that this is said of the day before.
    ['2026-07-15T07:00:03Z', undefined],
    ['2026-07-15T07:05:00Z', 86_100_000],
  ])('Google’s quota of a day is gone at %s for %s ms, whatever pause stands beside it', (now, expected) => {
    vi.useFakeTimers({ now: Date.parse(now), toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED' },
      { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '47s' },
    ]
    const body = error('Please retry in 47.1s.', { code: 429, status: 'RESOURCE_EXHAUSTED', details })
    for (const protocol of ['google', 'openai-compatible']) {
      const verdict = dialectOf(protocol).classifyError({ status: 429, headers: {}, body })
      expect([verdict.kind, verdict.retryAfterMs]).toEqual([BROKE, expected])
    }
  })

  it('a router’s vendor is heard about the shape of the answer, which then goes out in its next way', () => {
    const raw = '{"error":{"message":"Invalid parameter: response_format json_schema is not supported"}}'
    const body = error('Provider returned error', { code: 400, metadata: { raw, provider_name: 'Groq' } })
    const verdict = dialectOf('openai-compatible').classifyError({ status: 400, headers: {}, body })
    expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'response_format' })
  })

  it.each<[string, number]>([
    ['Rate limit reached for gpt-4o on requests per min (RPM): Limit 3, Used 3. Please try again in 20s.', 20_000],
    ['Rate limit reached on tokens per day (TPD): Limit 100000. Please try again in 15m32.256s.', 932_256],
    ['Please try again in 873ms. Visit https://platform.openai.com/account/rate-limits', 873],
    ['Please try again in 1h2m.', 3_720_000],
    // https://github.com/MoonshotAI/Kimi-K2/issues/34
    ['Your account org-1<ak-1> request reached organization max RPM: 3, please try again after 1 seconds', 1_000],
    ['limit: 20, model: gemini-3.6-flash\nPlease retry in 36.429760048s.', 36_430],
    ['exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds.', 6_000],
  ])('“%s” asks for %i ms, where no header says so', (message, expected) => {
    const { classifyError } = dialectOf('openai')
    const body = error(message, { code: 'rate_limit_exceeded' })
    expect(classifyError({ status: 429, headers: {}, body }).retryAfterMs).toBe(expected)
    expect(classifyError({ status: 429, headers: { 'retry-after': '3' }, body }).retryAfterMs).toBe(3_000)
    const vague = error('Please try again in a moment, or retry after your limit resets.')
    expect(classifyError({ status: 429, headers: {}, body: vague })).not.toHaveProperty('retryAfterMs')
  })

  it.each([
    [
      '@ai-sdk/amazon-bedrock',
      'Invocation of model ID anthropic.claude-haiku-4-5-20251001-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
    ],
    [
      'openai',
      'Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.',
    ],
    ['openai', 'Function tools with reasoning_effort are not supported for gpt-5.5 in /v1/chat/completions.'],
    [
      'openai',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    ['openai', 'This is not a chat model and thus not supported in the v1/chat/completions endpoint.'],
  ])('%s: what to do stands in a sentence without content, and is shown: %s', (protocol, message) => {
    const { classifyError } = dialectOf(protocol)
    expect(classifyError({ status: 400, headers: {}, body: { ...error(message), message } }).template).toBe(message)
  })
})

// https://platform.minimax.io/docs/api-reference/errorcode
it.each([
  [1000, 'unknown error', 'overloaded'],
  [1001, 'request timeout', 'timed-out'],
  [1002, 'rate limit', 'rate-limited'],
  [1004, 'login fail: Please carry the API secret key', 'unauthenticated'],
  [1008, 'insufficient balance', 'quota-exhausted'],
  [1024, 'internal error', 'overloaded'],
  [1026, 'input new_sensitive', 'refused'],
  [1027, 'output new_sensitive', 'refused'],
  [2013, 'invalid params', 'invalid-request'],
])('MiniMax says in a reply of status 200 what was wrong: %i %s', (code, said, kind) => {
  const body = { id: '06', choices: null, base_resp: { status_code: code, status_msg: said } }
  expect(errorIn(body)).toBeDefined()
  for (const protocol of ['openai-compatible', 'anthropic'])
    expect(dialectOf(protocol).classifyError({ headers: {}, body })).toMatchObject({ kind, code: `base_resp.${code}` })
  expect(errorIn({ ...body, base_resp: { status_code: 0, status_msg: '' } })).toBeUndefined()
})

it.each([429, 413])('one prompt above what an endpoint takes in a minute is no limit that passes (%i)', status => {
  const limit = 'tokens per min (TPM): Limit 30000, Requested 61402'
  const message = `Request too large for gpt-4o in organization org_01 on ${limit}. The input or output tokens must be reduced in order to run successfully.`
  const body = { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } }
  const verdict = dialectOf('openai').classifyError({ status, headers: { 'retry-after': '3' }, body })
  expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'tokens_per_minute', template: limit })
  const told = faultOf('acme:m/one', 'unsupported', { status, parameter: 'tokens_per_minute' }, limit).message
  expect(told).toContain('Raise its limit of tokens per minute')
  const reached = message.replace('Limit 30000', 'Limit 30000, Used 20000').replace('61402', '12000')
  expect(
    dialectOf('openai').classifyError({
      status: 429,
      headers: {},
      body: error(reached, { code: 'rate_limit_exceeded' }),
    }).kind,
  ).toBe('rate-limited')
})

describe('one call that is dearer than the credit that is left, at OpenRouter', () => {
  const classify = (message: string) =>
    dialectOf('openai').classifyError({
      status: 402,
      headers: {},
      body: { error: { code: 402, message }, user_id: 'user_1' },
    })
  const dear = (tokens: number) =>
    `This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford ${tokens}`

  it.each([dear(20_000), 'Prompt tokens limit exceeded: 230799 > 91442'])(
    'is its own trouble, not that of smaller calls: %s',
    words => {
      const verdict = classify(`${words}. To increase, visit https://openrouter.ai/settings/credits`)
      expect(verdict).toMatchObject({ kind: 'unsupported', parameter: 'credits', template: words })
      const told = faultOf('router:m/one', 'unsupported', { status: 402, parameter: 'credits' }, words).message
      expect(told).toMatch(/402.*Add credit at the vendor/)
      expect(verdict.mostOutputTokens).toBe(words.includes('afford') ? 20_000 : undefined)
    },
  )

  it('is no call’s own where next to nothing is left', () => {
    for (const left of [0, 999]) {
      expect(classify(dear(left)).kind).toBe('quota-exhausted')
      expect(classify(dear(left))).not.toHaveProperty('mostOutputTokens')
    }
    expect(classify('Insufficient credits').kind).toBe('quota-exhausted')
  })
})

/** As the vendors' users quote them; many a client has learned to read them. */
it.each([
  [
    'openai',
    'max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.',
  ],
  [
    'anthropic',
    'max_tokens: 8000 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307',
  ],
  [
    'openai-responses',
    "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 4096, but got 8192 instead.",
  ],
  ['openai-compatible', 'Invalid max_tokens value, the valid range of max_tokens is [1, 4096]'],
  ['openai-compatible', '<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 4096]'],
  [
    '@ai-sdk/groq',
    '`max_tokens` must be less than or equal to `4096`, the maximum value for `max_tokens` is less than the `context_window` for this model',
  ],
  [
    '@ai-sdk/cohere',
    'too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model',
  ],
  [
    '@ai-sdk/amazon-bedrock',
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
  ],
  [
    'google',
    'Unable to submit request because it has a maxOutputTokens value of 8192 but the supported range is from 1 (inclusive) to 4097 (exclusive). Update the value and try again.',
  ],
])('%s: how much output a model gives at once is heard where it was asked for more: %s', (protocol, message) => {
  const body = { message, ...error(message, { type: 'invalid_request_error', param: 'max_tokens' }) }
  const { kind, message: told, evidence } = replyFault('v:x/y', dialectOf(protocol), { status: 400, headers: {}, body })
  expect({ kind, most: evidence.mostOutputTokens }).toEqual({ kind: 'unsupported', most: 4_096 })
  expect(told).toMatch(/at most 4096 tokens of output.*as `maxOutput` of the model/)
  const quoting = error(`Invalid value: '${message}'`)
  expect(replyFault('v:x/y', dialectOf(protocol), { status: 400, headers: {}, body: quoting }).kind).toBe(
    'invalid-request',
  )
})

it('of a limit that was reached its numbers are shown, and not whose it is', () => {
  const limit = 'tokens per minute (TPM): Limit 6000, Used 5100, Requested 1666'
  const message = `Rate limit reached for model \`llama\` in organization \`org_01\` service tier \`on_demand\` on ${limit}. Please try again in 7.66s.`
  const body = { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } }
  const verdict = dialectOf('@ai-sdk/groq').classifyError({ status: 429, headers: {}, body })
  expect(verdict).toMatchObject({ kind: 'rate-limited', template: limit, retryAfterMs: 7_660 })
})

describe('the words of a fault', () => {
  it('say who, what happened, all that was seen of it, and what to do', () => {
    const seen = { status: 429, code: 'slow', type: 'limit', parameter: 'model', retryAfterMs: 2_000 }
    expect(faultOf('acme:m/one', 'rate-limited', seen, 'Overloaded').message).toMatch(
      /^acme:m\/one .* \(status 429, code slow, parameter model, retry after 2000 ms; Overloaded\)\. ./,
    )
    expect(faultOf('acme:m/one', 'overloaded', { type: 'limit' }).message).toMatch(/ \(type limit\)\. ./)
    expect(faultOf('acme:m/one', 'timed-out', { deadline: 'stall', transport: 'reset' } as never).message).toMatch(
      / \(stall deadline, reset\)\. ./,
    )
    expect(faultOf('acme:m/one', 'cancelled').message).toBe('acme:m/one was cancelled. Nothing is to be done.')
    // What a run ends with: by then nothing is asked any more.
    expect(faultOf('acme:m/one', 'cut-off').message).toMatch(
      /in the middle of its answer\. .*another model in the class/,
    )
  })
})

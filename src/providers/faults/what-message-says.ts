/**
 * What an error's message means, for vendors that give no code for it.
 *
 * @module
 */
import { vendorsWords, wordsOfCall } from './vendors-words.ts'

const TOO_LONG = [
  // OpenAI, Mistral, vLLM and many more; xAI says `prompt`, older vLLM `model`.
  /maximum (?:context|prompt|model) length|context (?:window|length|limit|size)/i,
  // Anthropic and Bedrock, Fireworks
  /(?:prompt|input) is too long/i,
  // Google, Vertex
  /input token count (?:(?:.* )?exceeds|is \d+ but)/i,
  // Cohere; Titan and Nova on Bedrock
  /too many tokens: (?!max tokens)|too many tokens in (?:the )?(?:prompt|input)|too many input tokens|number of input tokens exceeds/i,
  // Moonshot
  /exceeded model token limit/i,
  // text-generation-inference, which Hugging Face and Together run
  /inputs (?:tokens \+ max_new_tokens must be|must have less than \d+ tokens)/,
  // Alibaba, SiliconFlow, GitHub Copilot
  /range of input length should be|must be less than max_seq_len|prompt token count of \d+ exceeds/i,
] as const

/** Says that the prompt is too long, in the words of vendors that give no code for it. */
export function saysTooLong(message: string): boolean {
  const said = wordsOfCall(message)
  return TOO_LONG.some(words => words.test(said))
}

/** Says that the content is against a policy: DeepSeek, xAI, Alibaba, and Azure through a proxy that has a code of its own. */
export function saysRefused(message: string): boolean {
  return /^content exists risk|content violates usage guidelines|may contain inappropriate content|content management policy/i.test(
    wordsOfCall(message),
  )
}

/** Says that the key is wrong where the status does not: xAI's is 400. */
export function saysBadKey(message: string): boolean {
  return /^(?:incorrect|invalid) api key/i.test(vendorsWords(message))
}

/** Says that an ability is missing, e.g. `model does not support tools`, `No endpoints found that support tool use`; or that a setting is not taken. */
export function saysUnsupported(message: string): boolean {
  const said = wordsOfCall(message)
  if (/(?:does not|doesn't|do not) support|(?:is|are) not supported|no endpoints found that support/i.test(said))
    return true
  return settingIn(said) !== undefined && NOT_TAKEN.test(said)
}

/**
 * Words by which a vendor refuses a setting whatever its value is: `property 'seed' is unsupported` (Groq), `seed: Extra inputs are not permitted` (Anthropic), `Unrecognized
 * request argument supplied: seed` (OpenAI), `Argument not supported on this model: presencePenalty` (xAI), `temperature is deprecated
 * for this model` (Anthropic).
 */
const NOT_TAKEN = /\b(?:unsupported|not supported|not enabled|unrecognized|unknown|deprecated|extra inputs)\b/i

/** The parameter that a message names, where the error has no field for it: about the answer's shape, the choice of tools, or a setting. */
export function parameterIn(message: string): string | undefined {
  const said = wordsOfCall(message)
  return schemaParameter(message) ?? (CHOICE.test(said) ? 'tool_choice' : settingIn(said))
}

/**
 * The setting that a message names: `invalid top_p: only 0.95 is allowed for this model` (Moonshot), `Penalty is not enabled for models/gemini-2.5-flash` (Google),
 * `stop_sequences: each stop sequence must contain non-whitespace` (Anthropic). Of `temperature and top_p cannot both be specified`
 * (Anthropic) the second.
 */
function settingIn(said: string): string | undefined {
  return SETTINGS.map(words => words.exec(said)?.[0].toLowerCase()).find(found => found !== undefined)
}

const SETTINGS = [
  /\btop_?[pk]\b/i,
  /\b(?:presence_?|frequency_?)penalty\b/i,
  /^penalty\b/i,
  /\bstop_?sequences\b/i,
  /\btemperature\b/i,
  /\b(?:random_)?seed\b/i,
] as const

/** `Thinking mode does not support this tool_choice` (DeepSeek), `function_calling_config` (Google), `tool choice` (Mistral, xAI). */
const CHOICE = /\btool[_ ]?choice\b|\bfunction_?calling_?config\b/i

/**
 * The parameter about the answer's shape that a message names, quoted or not; some say it in plain words:
 * `Function calling with a response mime type: 'application/json' is unsupported` (Gemini 2.5), `You cannot specify response format
 * and function call at the same time` (Fireworks), `json mode cannot be combined with tool/function calling` (Groq).
 */
function schemaParameter(message: string): string | undefined {
  const named =
    /\b(?:response_format|response_json_schema|response_schema|response_mime_type|output_config\.format|output_format|text\.format|json_schema|json_object)\b/
  const inWords = /\bresponse (?:mime type|format)\b|\bjson mode\b/i.test(wordsOfCall(message))
  return named.exec(message)?.[0] ?? (inWords ? 'response_format' : undefined)
}

/** Google's words. Its code is the same for every limit, and does not tell. */
const SPENT = /prepayment credits are depleted|monthly spending cap/i

const OUT_OF_MONEY = [
  /credit balance is too low|exceeded your current quota|reached your specified (?:\w+ )?usage limits/i,
  /insufficient (?:balance|credits|quota|funds)|balance is insufficient|not enough (?:balance|credits)/i,
  // xAI, Together, Fireworks
  /(?:doesn't|does not) have any credits|run out of credits|used all available credits|(?:credit|key) limit exceeded|spending limit/i,
  SPENT,
  // Cloudflare's Workers AI
  /daily free allocation/i,
] as const

/** MiniMax's words, which have the status of a server in trouble. */
const OUT_OF_MONEY_AT_500 = 'insufficient balance (1008)'

/** Says that money ran out, if the code does not. With a status from 500 on, only MiniMax's own sentence counts. */
export function saysOutOfMoney(message: string, status = 400): boolean {
  if (status >= 500) return message === OUT_OF_MONEY_AT_500
  const said = vendorsWords(message)
  return OUT_OF_MONEY.some(words => words.test(said))
}

/** Says that money ran out, in Google's words. Google says of every limit that a quota was exceeded, so those words do not count. */
export function saysSpent(message: string): boolean {
  return SPENT.test(vendorsWords(message))
}

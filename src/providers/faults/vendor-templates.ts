/**
 * Vendors' sentences that are known by heart. Where a whole message matches one of these, it holds numbers and model
 * limits alone and may be shown; any other message may quote the prompt, and stays out of faults.
 *
 * @module
 */

const CONTENT_FREE = [
  // OpenAI and the many that copy it (vLLM, DeepSeek, Together)
  /^This model's maximum context length is \d+ tokens\. However, (?:you requested|your messages resulted in) \d+ tokens(?: \(\d+ in the messages, \d+ in the (?:completion|functions)\))?\. Please reduce the length of the messages(?: or (?:completion|functions))?\.$/,
  /^Your input exceeds the context window of this model\. Please adjust your input and try again\.$/,
  /^You exceeded your current quota, please check your plan and billing details\./,
  /^Your organization must be verified to (?:stream this model|generate reasoning summaries|use the model `[\w.-]+`)\. Please go to: https:\/\/platform\.openai\.com\/settings\/organization\/general and click on Verify Organization\./,
  /^This is not a chat model and thus not supported in the v1\/chat\/completions endpoint\./,
  /^This model is only supported in v1\/responses and not in v1\/chat\/completions\.$/,
  /^Function tools with reasoning_effort are not supported for [\w.-]+ in \/v1\/chat\/completions\./,
  /^Unsupported parameter: '[\w.]+' is not supported with this model\.(?: Use '[\w.]+' instead\.)?$/,
  // Anthropic
  /^prompt is too long: \d+ tokens > \d+ maximum$/,
  /^input length and `max_tokens` exceed context limit: \d+ \+ \d+ > \d+, decrease input length or `max_tokens` and try again$/,
  /^Overloaded$/,
  /^Your credit balance is too low to access the Anthropic API\. Please go to Plans & Billing to upgrade or purchase credits\.$/,
  // Google
  /^The input token count \(\d+\) exceeds the maximum number of tokens allowed \(\d+\)\.$/,
  /^The model is overloaded\. Please try again later\.$/,
  /^User location is not supported for the API use\.$/,
  // Amazon Bedrock
  /^Invocation of model ID [\w.:/-]+ with on-demand throughput isn.t supported\. Retry your request with the ID or ARN of an inference profile that contains this model\.$/,
  // DeepSeek
  /^Insufficient Balance$/,
  // OpenAI and Groq: the part of a sentence that says which limit was reached, or is below what was asked for.
  /(?:requests|tokens) per (?:min|minute|day) \((?:RPM|RPD|TPM|TPD)\): Limit \d+(?:, Used \d+)?, Requested \d+/,
  // OpenRouter, of what the credit that is left pays for. A link follows.
  /^This request requires more credits, or fewer max_tokens\. You requested up to \d+ tokens, but can only afford \d+/,
  /^Prompt tokens limit exceeded: \d+ > \d+/,
] as const

/** Longer than any of the templates: not worth matching, and a bound on the matching. */
const LONGEST_TEMPLATE = 400

/** The message when it is a known one without content. The quota sentence goes on with a link; it is cut before that. */
export function contentFree(message: string): string | undefined {
  if (message.length > LONGEST_TEMPLATE) return undefined
  for (const template of CONTENT_FREE) {
    const match = template.exec(message)
    if (match) return match[0]
  }
  return undefined
}

/** Whether what was asked for at once is above what a limit lets through in all: waiting for it would not help. */
export function isAboveLimit(template = ''): boolean {
  const [, limit, requested] = /\(TP[MD]\): Limit (\d+)(?:, Used \d+)?, Requested (\d+)/.exec(template) ?? []
  return Number(requested) > Number(limit)
}

/** With less to spend no call worth the name is left, and the account is as good as empty. */
const LEAST_AFFORDED_TOKENS = 1_000

/** Whether a call was too dear for the credit that is left, and a smaller one would be served. */
export function isAboveCredit(template = ''): boolean {
  const [, prompt] = /tokens limit exceeded: \d+ > (\d+)/.exec(template) ?? []
  return Number(affordedIn(template) ?? prompt) >= LEAST_AFFORDED_TOKENS
}

/** For how much output the credit is enough that is left. */
export function affordedIn(template = ''): number | undefined {
  const [, afforded] = /can only afford (\d+)/.exec(template) ?? []
  return afforded === undefined ? undefined : Number(afforded)
}

/** Who speaks, before it says anything: `[Gateway] Insufficient credits`. */
const SPEAKER = /^\[[\w .:/-]{1,40}\] /

/** What a vendor or an account of its own has named. Nobody's prompt stands behind one of these words. */
const OWN_NAME =
  /\b(models?|team|organization|workspace|project|account|deployment|provider|plan) (["'`])(?:(?!\2).){1,80}\2/gi

/** One word in quotes mostly names a parameter, and may be one that somebody has typed. */
const NAMED = /(?<!\w)(["'`])([\w./:@[\]-]{1,80})\1(?!\w)/g

/** Where a vendor begins to say something back: a quotation mark that is no apostrophe, or something out of a body. */
const SAID_BACK = /["“‘`{]|\[(?!\d+\])|(?<!\w)'|'(?!\w)/

/** What a proxy, or Bedrock, says of its vendor's whole error, which is JSON or as Python writes it: `AnthropicException - b'{"error":{"message":"…` */
const HANDED_ON =
  /^(?:[\w.: ]{1,200} -|The model returned the following errors:) b?'?\{(?:(["'])type\1: ?\1error\1, ?)?(?:"request_id": ?"\w+", ?)?["']error["']: ?\{[^{}]{0,200}?["']message["']: ?(["'])(?<words>(?:(?!\2).)*)/

/** Codes and texts without end say nothing more. */
const LONGEST_WORDS = 2_000

/**
 * What of a message the vendor says itself, up to where it quotes: a 400 repeats what it did not like, and that may be what somebody
 * has typed. A known word there must not close an endpoint to everybody.
 */
export function vendorsWords(message: string): string {
  return untilQuote(ownWords(message))
}

/** The same, past words in quotes: for what ends this call at the most, and no other. */
function wordsOfCall(message: string): string {
  return untilQuote(ownWords(message).replace(NAMED, '$2'))
}

/** Without who speaks, what hands it on, and names of the vendor's own. */
export function ownWords(message: string): string {
  const start = message.slice(0, LONGEST_WORDS)
  return (HANDED_ON.exec(start)?.groups?.words ?? start).replace(SPEAKER, '').replace(OWN_NAME, '$1')
}

function untilQuote(words: string): string {
  const end = words.search(SAID_BACK)
  return end < 0 ? words : words.slice(0, end)
}

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
 * Whatever its value is: `property 'seed' is unsupported` (Groq), `seed: Extra inputs are not permitted` (Anthropic), `Unrecognized
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
 * `invalid top_p: only 0.95 is allowed for this model` (Moonshot), `Penalty is not enabled for models/gemini-2.5-flash` (Google),
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

/** Google's, beside a code that says so of every limit. */
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

/** Says that money ran out, where the code does not. */
export function saysOutOfMoney(message: string, status = 400): boolean {
  if (status >= 500) return message === OUT_OF_MONEY_AT_500
  const said = vendorsWords(message)
  return OUT_OF_MONEY.some(words => words.test(said))
}

/** The same of Google's errors alone, who says of each limit that a quota was exceeded. */
export function saysSpent(message: string): boolean {
  return SPENT.test(vendorsWords(message))
}

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
  // OpenRouter, about what the remaining credit pays for. A link follows.
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

/** With fewer tokens left to spend, no useful call is possible, and the account is as good as empty. */
const LEAST_AFFORDED_TOKENS = 1_000

/** Whether a call was too dear for the credit that is left, and a smaller one would be served. */
export function isAboveCredit(template = ''): boolean {
  const [, prompt] = /tokens limit exceeded: \d+ > (\d+)/.exec(template) ?? []
  return Number(affordedIn(template) ?? prompt) >= LEAST_AFFORDED_TOKENS
}

/** How many tokens of output the credit that is left pays for, as the vendor says; `undefined` if it does not. */
export function affordedIn(template = ''): number | undefined {
  const [, afforded] = /can only afford (\d+)/.exec(template) ?? []
  return afforded === undefined ? undefined : Number(afforded)
}

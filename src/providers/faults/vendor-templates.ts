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
  // Anthropic
  /^prompt is too long: \d+ tokens > \d+ maximum$/,
  /^input length and `max_tokens` exceed context limit: \d+ \+ \d+ > \d+, decrease input length or `max_tokens` and try again$/,
  /^Overloaded$/,
  /^Your credit balance is too low to access the Anthropic API\. Please go to Plans & Billing to upgrade or purchase credits\.$/,
  // Google
  /^The input token count \(\d+\) exceeds the maximum number of tokens allowed \(\d+\)\.$/,
  /^The model is overloaded\. Please try again later\.$/,
  // DeepSeek
  /^Insufficient Balance$/,
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

/** Says that the prompt is too long, in the words of vendors that give no code for it. */
export function saysTooLong(message: string): boolean {
  return /maximum context length|context (?:window|length|limit)|prompt is too long|input is too long|input token count .* exceeds|too many tokens in (?:the )?(?:prompt|input)/i.test(
    message,
  )
}

/** Says that an ability is missing, e.g. `model does not support tools`, `No endpoints found that support tool use`. */
export function saysUnsupported(message: string): boolean {
  return /(?:does not|doesn't|do not) support|(?:is|are) not supported|no endpoints found that support/i.test(message)
}

/** The parameter about the answer's shape that a message names, where the error has no field for it. */
export function schemaParameter(message: string): string | undefined {
  return /\b(?:response_format|response_json_schema|response_schema|response_mime_type|output_config\.format|output_format|text\.format|json_schema|json_object)\b/.exec(
    message,
  )?.[0]
}

/** Says that money ran out, where the code does not. */
export function saysOutOfMoney(message: string): boolean {
  return /credit balance is too low|insufficient (?:balance|credits|quota|funds)|exceeded your current quota|reached your specified (?:\w+ )?usage limits/i.test(
    message,
  )
}

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problemsOf, readText } from './reading.ts'

function problemsIn(name: string): string {
  const file = new URL(`../../fixtures/configurations/${name}.yaml`, import.meta.url)
  return problemsOf(readText(readFileSync(file, 'utf8')), `${name}.yaml`)
}

describe('config check on broken files gives right messages', () => {
  it.each(
    Object.entries({
      'broken-yaml': [
        'broken-yaml.yaml: 1 problem',
        '  broken YAML: the indentation does not fit the lines above, or a bracket there is not closed (line 5, column 1).',
      ].join('\n'),
      'cyclic-extends': [
        'cyclic-extends.yaml: 1 problem',
        '  classes.careful.extends (line 11, column 23): the classes extend each other in a cycle: careful -> secret -> hidden -> careful.',
      ].join('\n'),
      'cyclic-escalation': [
        'cyclic-escalation.yaml: 2 problems',
        '  classes.cheap.escalateTo (line 10, column 46): the classes escalate to each other in a circle: cheap -> strong -> cheap.',
        '  classes.better.escalateTo (line 12, column 41): there is no such class to escalate to. Found: "storng". Allowed: cheap, strong. Did you mean "strong"?',
      ].join('\n'),
      'duplicate-endpoint': [
        'duplicate-endpoint.yaml: 2 problems',
        '  providers.acme.models.acme/large (line 7, column 7): this endpoint is listed twice: one provider, one model.',
        '  providers.birch.models.birch/two (line 13, column 7): this endpoint is listed twice: birch/one has the same id on the wire. Allowed: one name for each model of a provider.',
      ].join('\n'),
      'negative-price': [
        'negative-price.yaml: 2 problems',
        '  providers.acme.models.acme/large.price.input (line 7, column 25): a price cannot be negative. Found: -3. Allowed: 0 or more, in USD per million tokens.',
        '  providers.acme.models.acme/small.price (line 10, column 16): the value is not allowed. Found: a mapping. Allowed: a price or `free: true`, not both.',
      ].join('\n'),
      'no-endpoint': [
        'no-endpoint.yaml: 3 problems',
        '  classes.zdr (line 11, column 3): no endpoint is left. Found: acme:acme/large: zdr of the class policy (30d; allowed: none); acme:acme/small: max-price of the global policy (output unknown; allowed: output <= 20).',
        '  classes.long (line 12, column 3): no endpoint is left. Found: acme:acme/large: contextWindow is 200000, 500000 needed.',
        '  classes.able (line 13, column 3): no endpoint is left. Found: acme:acme/large: lacks ability tools.',
      ].join('\n'),
      'unknown-extends': [
        'unknown-extends.yaml: 1 problem',
        '  classes.zdr.extends (line 11, column 19): there is no such class to extend. Found: "storng". Allowed: strong. Did you mean "strong"?',
      ].join('\n'),
      'unknown-key': [
        'unknown-key.yaml: 3 problems',
        '  workspace (line 11, column 1): unknown key. Allowed: app, providers, classes, policy, workspaces, budgets, alerts, notices. Did you mean "workspaces"?',
        '  classes.strong.sorted (line 10, column 35): unknown key. Allowed: extends, models, needs, sort, secondsWorth, patience, outlast, batch, priority, maxOutputTokens, minOutputTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, seed, stopSequences, reasoning, providerOptions, policy, rules, split, hedge, onRefusal, onBudget, escalateTo. Did you mean "sort"?',
        '  classes.strong.polcy (line 10, column 50): unknown key. Allowed: extends, models, needs, sort, secondsWorth, patience, outlast, batch, priority, maxOutputTokens, minOutputTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, seed, stopSequences, reasoning, providerOptions, policy, rules, split, hedge, onRefusal, onBudget, escalateTo. Did you mean "policy"?',
      ].join('\n'),
      'unknown-model': [
        'unknown-model.yaml: 3 problems',
        '  classes.strong.models[0] (line 10, column 22): no configured provider serves this model. Found: "acme/lagre". Allowed: a model of a provider in this file; `signalbox models` lists all known models. Did you mean "acme/large"?',
        '  classes.strong.models[1] (line 10, column 34): no configured provider serves this model. Found: "anthropic/claude-sonnet-4-5". Allowed: this model with one of these providers: anthropic, 302ai, anyapi, cloudflare-ai-gateway, databricks, github-copilot and 9 more.',
        '  classes.strong.models[3] (line 10, column 75): this model is listed twice.',
      ].join('\n'),
      'unknown-provider': [
        'unknown-provider.yaml: 4 problems',
        '  providers.deepsek (line 2, column 3): the catalogue has no provider "deepsek", and no protocol is given. Allowed: one of the 147 providers of the catalogue, `like` with the name of one, or protocol, baseURL and models. Did you mean "deepseek"?',
        '  providers.acme.baseURL (line 3, column 3): a value is missing. Allowed: the address of the provider.',
        '  providers.acme.models (line 3, column 3): a value is missing. Allowed: at least one model, as author/name.',
        '  policy.denyProviders[0] (line 6, column 27): there is no such provider. Found: "opnai". Allowed: a provider of this file or of the catalogue. Did you mean "openai"?',
      ].join('\n'),
      'wrong-type': [
        'wrong-type.yaml: 4 problems',
        '  providers.acme.timeouts.connect (line 5, column 26): the type is wrong. Found: 3. Allowed: a duration of at most 59m, such as 300ms, 20s or 5m.',
        '  providers.acme.models.acme/large.contextWindow (line 7, column 36): the type is wrong. Found: a text of 5 characters. Allowed: a number of tokens.',
        '  classes.strong.patience (line 9, column 45): the value is not allowed. Found: "20 seconds". Allowed: a duration such as 300ms, 20s, 5m or 1h. Did you mean "20s"?',
        '  classes.strong.reasoning (line 9, column 68): the value is not allowed. Found: "hihg". Allowed: none, minimal, low, medium, high. Did you mean "high"?',
      ].join('\n'),
    }),
  )('%s', (name, message) => {
    expect(problemsIn(name)).toBe(message)
  })
})

describe('other broken files', () => {
  it.each(
    Object.entries({
      'broken-provider': [
        'broken-provider.yaml: 6 problems',
        '  providers.acme.timeouts.conect (line 5, column 17): unknown key. Allowed: connect, firstToken, stall, total. Did you mean "connect"?',
        '  providers.acme.models.large.contextWindow (line 7, column 31): the type is wrong. Found: a text of 4 characters. Allowed: a number of tokens.',
        '  providers.acme.models.acme/huge.contextWindow (line 10, column 35): the type is wrong. Found: a text of 4 characters. Allowed: a number of tokens.',
        '  providers.acme.models.large (line 7, column 7): the name of the model is not valid. Allowed: author/name.',
        '  providers.acme.models.acme/small.maxOutput (line 8, column 61): maxOutput is above contextWindow, which has to hold the prompt and the output. Found: maxOutput 9000, contextWindow 8000. Allowed: at most 8000.',
        '  providers.acme.models.acme/tiny (line 9, column 7): this endpoint is listed twice: acme/small has the same id on the wire. Allowed: one name for each model of a provider.',
      ].join('\n'),
      'disabled-providers': [
        'disabled-providers.yaml: 1 problem',
        '  classes.strong (line 5, column 3): no endpoint is left: every provider of its models is disabled. Found: deepseek (DEEPSEEK_API_KEY is not set), openai (OPENAI_API_KEY is not set). Allowed: one that has what it needs; `signalbox vendors` plays them without keys or addresses, and prints what to set for that.',
      ].join('\n'),
      'missing-sections': [
        'missing-sections.yaml: 3 problems',
        '  app (line 1, column 6): the type is wrong. Found: 3. Allowed: the path of a module, e.g. ./app.ts.',
        '  providers (line 2, column 12): the type is wrong. Found: a list. Allowed: a mapping of names to providers.',
        '  classes: a value is missing. Found: nothing. Allowed: a mapping of names to task classes.',
      ].join('\n'),
    }),
  )('%s', (name, message) => {
    expect(problemsIn(name)).toBe(message)
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { loadConfiguration } from '../../src/runtime/configuration/configuration.ts'
import { newMasterKey, openStore } from '../../src/store/index.ts'
import { captured, signalbox } from './captured.ts'
import { commandProcess, spawned as spawnedIn } from './spawned.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const ROOT = join(import.meta.dirname, '../..')
const FIXTURES = join(ROOT, 'test/fixtures/configurations')
const SAMPLE = join(FIXTURES, 'sample.yaml')
const SAMPLE_ENV = { OPENAI_API_KEY: 'sk-never-to-be-seen', DEEPSEEK_API_KEY: 'sk-nor-this-one-9' }

const folder = throwAwayFolders('signalbox-cli-')

/** Nothing listens there. */
const NOBODY = { TEMPORAL_ADDRESS: '127.0.0.1:1' }

const ONLY_VENDOR = `
vendors:
  - name: solo
    protocol: openai
    models: { small: { contextWindow: 1000, maxOutput: 100, price: { input: 1, output: 2 } } }
`

const UNSET_ADDRESSES = `
providers:
  acme: { protocol: openai-compatible, baseURL: "\${ACME_URL}", apiKey: "\${ACME_KEY}", models: { acme/large: {} } }
  zenith:
    protocol: openai
    baseURL: https://\${ZENITH_HOST}:\${ZENITH_PORT}/v1
    apiKey: none
    models: { zenith/small: {} }
classes:
  cheap: { models: [acme/large, zenith/small] }
`

/** Of a provider of {@link UNSET_ADDRESSES}. */
const SCRIPT_OF_ZENITH = `
vendors:
  - name: zenith
    firstTokenMs: 0
    tokensPerSecond: 0
    faults: [{ kind: rate-limit, requests: [1] }]
    behaviours: [{ match: york, turns: [{ tools: [{ name: look_up, arguments: { station: York } }] }] }]
`

const spawned = (words: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = folder()) => spawnedIn(words, env, cwd)

let commands: ReturnType<typeof commandProcess>
beforeAll(() => {
  commands = commandProcess()
})
afterAll(() => commands.end())

describe('config check', () => {
  it.each([
    ['broken-yaml.yaml', /line \d+, column \d+/],
    ['unknown-key.yaml', /Did you mean "policy"\?/],
  ])('ends with 2 for %s and says what is wrong, without a stack', async (file, words) => {
    const { code, stdout, stderr } = await commands.run(['config', 'check', join(FIXTURES, file)], folder())
    expect(code).toBe(EXIT.badInput)
    expect(stdout).toBe('')
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('lists the problems as data', async () => {
    const checked = await signalbox(['config', 'check', '--config', join(FIXTURES, 'negative-price.yaml'), '--json'])
    expect(checked.exitCode).toBe(EXIT.badInput)
    expect(checked.json()).toMatchObject({ ok: false, problems: expect.any(Array) })
    expect(checked.json().problems.length).toBeGreaterThan(1)
  })

  it('says what a right one amounts to, and no key', async () => {
    const { exitCode, out } = await signalbox(['config', 'check', SAMPLE], { env: SAMPLE_ENV })
    expect(exitCode).toBe(EXIT.done)
    expect(out).toContain('class strong:')
    for (const key of Object.values(SAMPLE_ENV)) expect(out).not.toContain(key)
  })

  it('looks whether the app is there, which other commands do without', async () => {
    const path = join(folder(), 'signalbox.yaml')
    writeFileSync(path, `app: ./nothere.ts\n${readFileSync(SAMPLE, 'utf8')}`)
    const { exitCode, err } = await signalbox(['config', 'check', path], { env: SAMPLE_ENV })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toContain(
      `app: there is no module ${join(path, '../nothere.ts')}. Allowed: the path of an existing module`,
    )
    const explained = await signalbox(['explain', '--class', 'strong', '--config', path], { env: SAMPLE_ENV })
    expect(explained.exitCode).toBe(EXIT.done)
    const schema = "{ name: 'Verdict', json: {}, parse: input => ({ ok: true, value: input }) }"
    writeFileSync(join(path, '../nothere.ts'), `export const agents = []\nexport const schemas = [${schema}]\n`)
    const { exitCode: found, out } = await signalbox(['config', 'check', path], { env: SAMPLE_ENV })
    expect(found).toBe(EXIT.done)
    expect(out).toContain(`app ${join(path, '../nothere.ts')}: schemas Verdict\n`)
  })

  it('prints one object, whatever the app says while it is loaded', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'app.ts'), "console.log('hello from the app')\nexport const agents = []\n")
    writeFileSync(join(cwd, 'signalbox.yaml'), `app: ./app.ts\n${readFileSync(SAMPLE, 'utf8')}`)
    const { code, stdout, stderr } = await spawned(['config', 'check', '--json'], SAMPLE_ENV, cwd)
    expect(code).toBe(EXIT.done)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true })
    expect(stderr).toContain('hello from the app')
  })

  it('names the package that a provider lacks', async () => {
    const path = join(folder(), 'signalbox.yaml')
    const provider = (name: string) => `{ protocol: "${name}", apiKey: none, models: { acme/large: {} } }`
    const providers = `{ acme: ${provider('@ai-sdk/nobody')}, open: ${provider('@openrouter/ai-sdk-provider')} }`
    writeFileSync(path, `providers: ${providers}\nclasses: { cheap: { models: [acme/large] } }\n`)
    const { exitCode, out } = await signalbox(['config', 'check', path])
    expect(exitCode).toBe(EXIT.done)
    expect(out).toContain('provider acme cannot be called: The package @ai-sdk/nobody is not installed: npm install')
    expect(out).not.toContain('provider open cannot')
  })
})

describe('explain', () => {
  const explain = (...words: string[]) => signalbox(['explain', '--config', SAMPLE, ...words], { env: SAMPLE_ENV })

  it('accounts for every endpoint of the configuration, each once', async () => {
    const { directory } = await loadConfiguration(SAMPLE, SAMPLE_ENV)
    const answered = await explain('--class', 'strong', '--prompt-tokens', '50000', '--tools', '--json')
    const { candidates, rejections, endpoints } = answered.json()
    const candidateIds = candidates.map((endpoint: { id: string }) => endpoint.id)
    const rejectedIds = rejections.map(({ endpoint }: { endpoint: string }) => endpoint)
    expect(candidateIds.length).toBeGreaterThan(0)
    expect([...candidateIds, ...rejectedIds].toSorted()).toEqual(directory.endpoints.map(({ id }) => id).toSorted())
    expect(endpoints).toBe(directory.endpoints.length)
    for (const { rule, found, change } of rejections) expect([rule, found, change].every(Boolean)).toBe(true)
  })

  it('puts every one of them into words', async () => {
    const { directory } = await loadConfiguration(SAMPLE, SAMPLE_ENV)
    const { out } = await explain('--class', 'zdr', '--prompt-tokens', '250000')
    const [inClass = '', outside = ''] = out.split('\nNot in the class')
    for (const { id, provider, model } of directory.endpoints) {
      const isOutside = new RegExp(`^  ${provider}: .*\\b${model}\\b`, 'm').test(outside)
      expect([id, inClass.includes(id) !== isOutside]).toEqual([id, true])
    }
    expect(outside.trimEnd().split('\n')).toHaveLength(1 + new Set(outside.match(/^ {2}\w+/gm)).size)
    expect(out).toContain('its context window of 200,000 tokens is below the')
    expect(out).toContain('rule zdr found unknown and allows none')
    expect(outside).toContain('to ask one, add it to classes.zdr.models')
  })

  it('takes for the most that a call costs the output that it would ask for, not the least that it would do with', async () => {
    const { out } = await explain('--class', 'strong')
    expect(out).toContain('(1,000 tokens in, 256 to 8,192 out)')
    // 1,000 at the price of a cache write, 8,192 at that of the output.
    expect(out).toMatch(/acme:acme\/large .*\$0\.1266/)
    expect((await explain('--class', 'strong', '--json')).json().maxOutputTokens).toBe(8_192)
    expect((await explain('--class', 'cheap')).out).toContain('(1,000 tokens in, 2,000 out)')
  })

  it('says how hard each is asked to think, for not every model takes what the class says', async () => {
    const path = join(folder(), 'signalbox.yaml')
    const models = '[openai/o3, openai/gpt-5.2, openai/gpt-4o]'
    const classes = `classes: { brisk: { models: ${models}, reasoning: none }, plain: { models: ${models} } }`
    writeFileSync(path, `providers: { openai: { apiKey: k } }\n${classes}\n`)
    const ask = (...words: string[]) => signalbox(['explain', ...words, '--config', path])
    const { out } = await ask('--class', 'brisk')
    expect(out).toMatch(/^# +endpoint .*thinks/m)
    expect(out).toMatch(/openai:openai\/o3 .* low *$/m)
    expect(out).toMatch(/openai:openai\/gpt-5\.2 .* none *$/m)
    const { json } = await ask('--class', 'brisk', '--json')
    const sent = json().candidates.map(({ model, reasoning }: Record<string, string>) => [model, reasoning])
    expect(Object.fromEntries(sent)).toEqual({
      'openai/o3': 'low',
      'openai/gpt-5.2': 'none',
      'openai/gpt-4o': undefined,
    })
    expect((await ask('--class', 'plain')).out).not.toContain('thinks')
  })

  it('holds a call to the money limits of the class that was asked, where its rules lead to another', async () => {
    const path = join(folder(), 'led.yaml')
    writeFileSync(
      path,
      `providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/riddle: { contextWindow: 9000 } } } }
classes: { auto: { rules: [{ use: plain }] }, plain: { models: [acme/riddle] } }
budgets: { auto-day: { scope: { class: auto }, per: day, usd: '5' } }
`,
    )
    const ask = async (name: string) =>
      (await signalbox(['explain', '--class', name, '--config', path, '--json'])).json()
    expect(await ask('plain')).toMatchObject({ candidates: [{ id: 'acme:acme/riddle' }] })
    expect(await ask('auto')).toMatchObject({ candidates: [], rejections: [{ rule: 'unknown-price' }] })
  })

  it('names the budgets towards which the call counts, and no address of a webhook', async () => {
    const path = join(folder(), 'signalbox.yaml')
    const budgets = [
      'titles: { scope: { label: { feature: titles } }, per: day, tokens: 5000 }',
      "strong-month: { scope: { class: strong }, per: month, usd: '5', webhook: 'https://ops.example/hook' }",
      'customers: { scope: { each: customer }, per: day, tokens: 900 }',
    ]
    writeFileSync(path, [readFileSync(SAMPLE, 'utf8'), 'budgets:', ...budgets.map(line => `  ${line}`)].join('\n'))
    const ask = (...words: string[]) =>
      signalbox(['explain', '--class', 'strong', '--config', path, ...words], { env: SAMPLE_ENV })
    const { out } = await ask()
    expect(out).toContain('Counts towards one budget:\n  strong-month: $5 per month for class strong')
    const { json, out: text } = await ask('--label', 'feature=titles', '--json')
    expect(json().budgets.map(({ name }: { name: string }) => name)).toEqual(['titles', 'strong-month'])
    expect(json().needs.knownPrice).toBe(true)
    expect((await ask('--label', 'customer=ann')).out).toContain(
      '\n  customers: 900 tokens per day for each customer\n',
    )
    expect(text).not.toContain('ops.example')
  })

  it('names the nearest class and workspace', async () => {
    const wrong = await explain('--class', 'stong')
    expect(wrong.exitCode).toBe(EXIT.badInput)
    expect(wrong.err).toContain("no class 'stong'; did you mean 'strong'?")
    expect((await explain('--class', 'strong', '--workspace', 'acne')).err).toContain("; did you mean 'acme'?")
  })
})

describe('models', () => {
  it('are listed within the screen, with below the row what does not stand in it', async () => {
    const words = ['models', 'claude', '--provider', 'anthropic', '--limit', '3']
    const { out } = await signalbox(words, { columns: 80 })
    expect(out.split('\n').filter(line => line.length > 80)).toEqual([])
    expect(out).toMatch(
      /^anthropic:anthropic\/claude.*\n {6}Claude.* · output [\d,]+(?: · |\n {6})[^:]*released \d{4}-/m,
    )
    expect((await signalbox(words)).out.trimEnd().split('\n')).toHaveLength(4)
  })

  it('finds what is asked for, and nothing else on standard output', async () => {
    const words = ['haiku', '--tools', '--min-window', '100000', '--max-price', '6', '--limit', '3', '--json']
    const { found, endpoints } = (await signalbox(['models', ...words])).json()
    expect(endpoints).toHaveLength(3)
    expect(found).toBeGreaterThan(3)
    for (const { id, abilities, contextWindow, price } of endpoints) {
      expect(id.toLowerCase()).toContain('haiku')
      expect(abilities).toContain('tools')
      expect(contextWindow).toBeGreaterThanOrEqual(100_000)
      expect(Math.max(price.input, price.output)).toBeLessThanOrEqual(6)
    }
  })

  it('names the nearest provider', async () => {
    expect((await signalbox(['models', '--provider', 'antropic'])).err).toContain("; did you mean 'anthropic'?")
  })
})

describe('vendors', () => {
  it('stand in for the providers of a configuration, keys or not, until they are interrupted', async () => {
    const words = ['vendors', '--config', SAMPLE, '--json']
    const { exitCode, json } = await signalbox(words, { interrupted: Promise.resolve() })
    expect(exitCode).toBe(EXIT.done)
    const overrides = Object.fromEntries(json().vendors.map((vendor: { name: string }) => [vendor.name, vendor]))
    expect(Object.keys(overrides)).toEqual(['deepseek', 'openai', 'acme'])
    expect(overrides.acme.override).toBe(`acme: { baseURL: "${overrides.acme.baseUrl}", apiKey: "none" }`)
  })

  it('stay up, all of them down, and come back', async () => {
    const path = join(folder(), 'vendors.yaml')
    writeFileSync(path, ONLY_VENDOR)
    const words = ['vendors', '--script', path, '--json']
    const vendors = spawn(process.execPath, [join(ROOT, 'src/cli/main.ts'), ...words], { stdio: ['ignore', 'pipe', 2] })
    const ended = once(vendors, 'exit')
    const [printed] = (await once(vendors.stdout!, 'data')) as [Buffer]
    const { meterUrl, baseUrl, exports } = JSON.parse(printed.toString()).vendors[0]
    expect(exports).toEqual([`export SOLO_URL=${baseUrl}`])
    const isUp = () =>
      fetch(meterUrl).then(
        () => true,
        () => false,
      )
    const outage = JSON.stringify([{ kind: 'down', untilMs: 3_000 }])
    expect((await fetch(new URL('/faults', meterUrl), { method: 'POST', body: outage })).status).toBe(200)
    await expect.poll(isUp).toBe(false)
    await expect.poll(isUp).toBe(true)
    vendors.kill('SIGINT')
    expect(await ended).toEqual([EXIT.done, null])
  })

  it('stand in for a provider whose address is a variable that is not set', async () => {
    const path = join(folder(), 'signalbox.yaml')
    writeFileSync(path, UNSET_ADDRESSES)
    const { exitCode, json, err } = await signalbox(['vendors', '--config', path, '--json'], {
      interrupted: Promise.resolve(),
    })
    expect(err).toBe('')
    expect(exitCode).toBe(EXIT.done)
    const [acme, zenith] = json().vendors
    expect([acme.name, zenith.name]).toEqual(['acme', 'zenith'])
    // What is printed is all that the configuration lacks; an address of several variables has no such lines.
    expect(acme.exports).toEqual([`export ACME_URL=${acme.baseUrl}`, 'export ACME_KEY=none'])
    expect(zenith.exports).toEqual([])
    const { out } = await signalbox(['vendors', '--config', path], { interrupted: Promise.resolve() })
    expect(out).toMatch(/shell[^\n]*:\n\nexport ACME_URL=\S+\nexport ACME_KEY=none\n/)
    expect(out).toMatch(/signalbox\.yaml[^\n]*:\n\nproviders:\n {2}zenith: \{[^\n]*\}\n\n/)
  })

  it('stand in for known providers that want more than a key, and name the protocol where models speak several', async () => {
    const path = join(folder(), 'signalbox.yaml')
    const models = '{ openai/gpt-5.4: { upstream: ours }, deepseek/deepseek-v3.2: { upstream: theirs } }'
    const names = ['amazon-bedrock: {}', `azure: { models: ${models} }`, 'databricks: {}', 'neon: {}', 'openai: {}']
    writeFileSync(path, `providers: { ${names.join(', ')} }\nclasses: { strong: { models: [openai/gpt-5.4] } }\n`)
    const { json } = await signalbox(['vendors', '--config', path, '--json'], { interrupted: Promise.resolve() })
    const [bedrock, azure, databricks, neon, openai] = json().vendors
    expect(azure.override).toBe(`azure: { baseURL: "${azure.baseUrl}", apiKey: "none", protocol: openai-responses }`)
    expect(openai.override).toBe(`openai: { baseURL: "${openai.baseUrl}", apiKey: "none" }`)
    expect([bedrock.name, databricks.name, neon.name]).toEqual(['amazon-bedrock', 'databricks', 'neon'])
  })

  it('answer and fail by a script in the place of providers whose models the configuration knows', async () => {
    const [config, script] = [join(folder(), 'signalbox.yaml'), join(folder(), 'rehearsal.yaml')]
    writeFileSync(config, UNSET_ADDRESSES)
    writeFileSync(script, SCRIPT_OF_ZENITH)
    const words = ['vendors', '--config', config, '--script', script, '--json']
    let interrupt = () => {}
    const interrupted = new Promise<void>(resolve => {
      interrupt = resolve
    })
    const { terminal, written } = captured({ interrupted })
    const ended = runCli(words, terminal)
    await expect.poll(() => written.out).toMatch(/\n$/)
    const [acme, zenith] = JSON.parse(written.out).vendors
    expect([acme.name, zenith.name, acme.exports.length]).toEqual(['acme', 'zenith', 2])
    const messages = [{ role: 'user', content: 'Where is York?' }]
    const tools = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }]
    const ask = async ({ baseUrl }: { baseUrl: string }, model: string) => {
      const body = JSON.stringify({ model, messages, tools })
      const headers = { 'content-type': 'application/json', authorization: 'Bearer any' }
      const reply = await fetch(`${baseUrl}/chat/completions`, { method: 'POST', headers, body })
      return { status: reply.status, said: await reply.text() }
    }
    expect((await ask(zenith, 'small')).status).toBe(429)
    expect(await ask(zenith, 'small')).toEqual({ status: 200, said: expect.stringContaining('look_up') })
    expect(await ask(acme, 'large')).toEqual({ status: 200, said: expect.not.stringContaining('look_up') })
    interrupt()
    expect(await ended).toBe(EXIT.done)
  })

  it('say what a script beside a configuration may not say, and whom it may name', async () => {
    const [config, script] = [join(folder(), 'signalbox.yaml'), join(folder(), 'rehearsal.yaml')]
    writeFileSync(config, UNSET_ADDRESSES)
    const faults = '[{ kind: cuts }, { kind: cut, models: [large] }]'
    writeFileSync(
      script,
      `vendors:\n  - { name: acmee, models: { large: {} }, faults: ${faults}, pace: 1 }\n  - { name: zenith, apiKey: k, billsAborted: some }\n`,
    )
    const { exitCode, err } = await signalbox(['vendors', '--config', config, '--script', script])
    expect(exitCode).toBe(EXIT.badInput)
    const told = err.replaceAll(/ \(line \d+, column \d+\)/g, '')
    expect(err).toContain('vendors[0].name (line 2, column 13): ')
    for (const line of [
      `error: ${script}: 6 problems`,
      'vendors[0].name: there is no such provider. Found: "acmee". Allowed: a provider of the configuration: acme, zenith. Did you mean "acme"?',
      'vendors[0].models: with --config, this comes from the configuration. Allowed: a vendor without protocol, models, apiKey.',
      'vendors[1].apiKey: with --config, this comes from the configuration.',
      'Did you mean "cut"?',
      'vendors[0].pace: unknown key.',
      'vendors[1].billsAborted: the value is not allowed. Found: "some". Allowed: nothing, until-disconnect, whole.',
    ])
      expect(told).toContain(line)
  })

  it.each([
    ['a model that its provider does not serve', 'faults: [{ kind: cut, models: [large] }]', /on the wire: small/],
    ['nothing but a vendor without a name', 'firstTokenMs: 0', /vendors\[0\]\.name.*: a value is missing/],
  ])('say it of a script beside a configuration with %s', async (_, said, told) => {
    const [config, script] = [join(folder(), 'signalbox.yaml'), join(folder(), 'rehearsal.yaml')]
    writeFileSync(config, UNSET_ADDRESSES)
    const name = said.startsWith('faults') ? 'name: zenith, ' : ''
    writeFileSync(script, `vendors:\n  - { ${name}${said} }\n`)
    const { exitCode, err } = await signalbox(['vendors', '--config', config, '--script', script])
    expect([exitCode, err]).toEqual([EXIT.badInput, expect.stringMatching(told)])
    expect(err).toContain(': 1 problem\n')
  })

  it('say that there are two scripts and no configuration', async () => {
    const path = join(folder(), 'vendors.yaml')
    writeFileSync(path, ONLY_VENDOR)
    const { exitCode, err } = await signalbox(['vendors', '--config', path, '--script', path])
    expect([exitCode, err]).toEqual([EXIT.badInput, expect.stringContaining('name one script, or with --config')])
  })

  it('say what is wrong with a script', async () => {
    const path = join(folder(), 'vendors.yaml')
    writeFileSync(path, 'vendors:\n  - { name: acme, protocol: openai, modles: {} }\n')
    const { exitCode, err } = await signalbox(['vendors', '--script', path])
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toContain('modles')
  })

  it('say it as of a configuration: where it stands, what is allowed and what was meant', async () => {
    const path = join(folder(), 'vendors.yaml')
    const price = '{ input: -1, output: 2 }'
    const model = `{ contextWindow: big, maxOutput: 0, price: ${price} }`
    const rules = '[{ kind: rate-limits, match: "(" }, { kind: down, times: 2 }]'
    const fields = `protocol: opnai, modles: {}, models: { m: ${model} }, cache: often, faults: ${rules}, behaviours: [{ match: x, turns: [] }]`
    writeFileSync(path, `vendors:\n  - { name: acme, ${fields} }\n`)
    const { exitCode, err } = await signalbox(['vendors', '--script', path])
    expect(exitCode).toBe(EXIT.badInput)
    const told = err.replaceAll(/ \(line \d+, column \d+\)/g, '')
    expect(err).toContain('vendors[0].protocol (line 2, column 29): ')
    for (const line of [
      `error: ${path}: 10 problems`,
      'vendors[0].protocol: the value is not allowed. Found: "opnai". Allowed: openai, openai-compatible, openai-responses, anthropic, google. Did you mean "openai"?',
      'vendors[0].models.m.contextWindow: the type is wrong. Found: a text of 3 characters. Allowed: a number.',
      'vendors[0].models.m.maxOutput: the value is not allowed. Found: 0. Allowed: above 0.',
      'vendors[0].models.m.price.input: the value is not allowed. Found: -1. Allowed: 0 or more.',
      'vendors[0].cache: the value is not allowed. Found: a text of 5 characters. Allowed: true or false, or a mapping of ttlMs, minTokens.',
      'Did you mean "rate-limit"?',
      'vendors[0].faults[0].match: the value is not allowed. Found: a text of 1 characters. Allowed: a regular expression.',
      'vendors[0].faults[1].times: the value is not allowed. Found: 2. Allowed: for `down` a time window only (fromMs, untilMs).',
      'vendors[0].behaviours[0].turns: the value is not allowed. Found: a list. Allowed: at least 1.',
      'vendors[0].modles: unknown key. Allowed: name, protocol, port,',
    ])
      expect(told).toContain(line)
  })

  it.each([
    ['a port above the last one', ['--port', '65534'], /ports up to 65536; name a --port/],
    [
      'an address of another machine',
      ['--host', '192.0.2.1'],
      /a vendor cannot listen: .*name another --host or --port/,
    ],
    ['a host that is none', ['--host', 'none.invalid'], /a vendor cannot listen: .*name another --host or --port/],
  ])('say what is wrong with %s', async (_, words, told) => {
    const { exitCode, err } = await signalbox(['vendors', '--config', SAMPLE, ...words])
    expect([exitCode, err]).toEqual([EXIT.badInput, expect.stringMatching(told)])
  })

  it('listen at an address of the sixth version too', async () => {
    const words = ['vendors', '--config', SAMPLE, '--host', '::1', '--json']
    const { exitCode, json } = await signalbox(words, { interrupted: Promise.resolve() })
    expect([exitCode, json().vendors[0].meterUrl]).toEqual([
      EXIT.done,
      expect.stringMatching(/^http:\/\/\[::1\]:\d+\/meter$/),
    ])
  })

  it('say that a script is a configuration, and which option takes one', async () => {
    const { exitCode, err } = await signalbox(['vendors', '--script', SAMPLE])
    expect([exitCode, err]).toEqual([
      EXIT.badInput,
      `error: ${SAMPLE} is a configuration, not a vendors' script; --config has vendors stand in for its providers\n`,
    ])
  })

  it('say where the YAML of a script is broken', async () => {
    const path = join(folder(), 'vendors.yaml')
    writeFileSync(path, 'vendors:\n  - { name: "acme }\n')
    const { exitCode, err } = await signalbox(['vendors', '--script', path])
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toMatch(/broken YAML: a quote, bracket, comma or colon is missing \(line \d/)
  })
})

describe('the command line', () => {
  it('ends with 2 for what it does not know, with the nearest that it does', async () => {
    const unknown = await signalbox(['explian'])
    expect(unknown).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining('Did you mean explain?') })
    const option = await signalbox(['models', '--tool'])
    expect(option).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining('--tools') })
    const budget = await signalbox(['start', 'clerk', '--input', 'x', '--budget', 'a lot'])
    expect(budget).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining('is not an amount') })
    expect(await signalbox(['start', 'clerk'])).toMatchObject({ exitCode: EXIT.badInput })
    const silent = await signalbox(['say', 'clerk-1'])
    expect(silent).toMatchObject({ exitCode: EXIT.badInput, err: expect.stringContaining('--file') })
  })

  it.each([
    [
      'a priority',
      ['start', 'clerk', '--input', 'x', '--priority', '9'],
      /'--priority <1-5>'.*from 1, which goes first, to 5/,
    ],
    ['an id', ['start', 'clerk', '--input', 'x', '--id', ''], /'--id <id>'.*Write a name/],
    ['a workflow', ['start', '', '--input', 'x'], /'name'.*Write a name/],
    ['a task queue', ['start', 'clerk', '--input', 'x', '--task-queue', ''], /'--task-queue <name>'.*Write a name/],
    ['a task queue', ['worker', '--task-queue', ''], /'--task-queue <name>'.*Write a name/],
    ['an id', ['fork', 'clerk-1', '--at-step', '2', '--id', ''], /'--id <id>'.*Write a name/],
    // Of a variable of the shell that is not set.
    ['a run', ['show', ''], /'run'.*Write a name/],
    ['a run', ['watch', ''], /'run'.*Write a name/],
    ['a run', ['stop', ''], /'run'.*Write a name/],
    ['a run', ['say', '', 'hello'], /'run'.*Write a name/],
    ['a run', ['approve', ''], /'run'.*Write a name/],
    ['a run', ['cost', ''], /'run'.*Write a name/],
    ['a run', ['calls', '--run', ''], /'--run <run>'.*Write a name/],
    ['an approver', ['approve', 'clerk-1', '--by', ''], /'--by <name>'.*Write a name/],
    ['a workspace', ['runs', '--workspace', ''], /'--workspace <name>'.*Write a name/],
    ['a workspace', ['start', 'clerk', '--input', 'x', '--workspace', ''], /'--workspace <name>'.*Write a name/],
    ['a class', ['calls', '--class', ''], /'--class <name>'.*Write a name/],
    ['a class', ['start', 'clerk', '--input', 'x', '--class', ''], /'--class <name>'.*Write a name/],
    ['a model', ['endpoints', '--model', ''], /'--model <author\/name>'.*Write a name/],
    ['a file', ['say', 'clerk-1', '--file', ''], /'--file <path>'.*Write a path/],
    ['a file', ['keys', 'new', '--file', ''], /'--file <path>'.*Write a path/],
    ['a configuration', ['worker', '--config', ''], /'--config <path>'.*Write a path/],
    ['an offset', ['watch', 'clerk-1', '--after', '-1'], /'--after <offset>'.*Write a whole number, 0 or more/],
    [
      'an offset of several runs',
      ['watch', 'clerk-1', '--after', '1', '--below'],
      /with --below, --after takes how far/,
    ],
    ['offsets of one run', ['watch', 'clerk-1', '--after', '{"k": 1}'], /without it, one offset/],
    [
      'a position',
      ['watch', 'clerk-1', '--after', '{"k": -1}', '--below'],
      /'--after <offset>'.*Write an offset, or \{/,
    ],
  ])('refuses %s that cannot be, in one line and before anybody is asked: %j', async (_, words, told) => {
    const { exitCode, err } = await signalbox(words, { env: NOBODY })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toMatch(told)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('ends with 2 where the file of Temporal’s settings is none', async () => {
    const { exitCode, err } = await signalbox(['stop', 'clerk-1'], { env: { TEMPORAL_CONFIG_FILE: tmpdir() } })
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toMatch(
      /^error: Temporal's environment configuration cannot be read: .*TEMPORAL_CONFIG_FILE names\.\n$/,
    )
  })

  it('says what its exit codes mean', async () => {
    const { exitCode, out } = await signalbox(['--help'])
    expect(exitCode).toBe(EXIT.done)
    for (const code of Object.values(EXIT)) expect(out).toMatch(new RegExp(`^  ${code}  \\w`, 'm'))
  })

  it('lists its commands within 80 columns, and says defaults as they are written', async () => {
    const { out } = await signalbox(['--help'])
    expect(out).toMatch(/\nStarting and steering runs:\n {2}start +start a run of a workflow or an agent\n/)
    expect(out.split('\n').filter(line => line.length > 80)).toEqual([])
    expect((await signalbox(['worker', '--help'])).out).toMatch(/--grace .*\n?.*\(default: 30s\)/s)
    expect((await signalbox(['budget', 'list', '--help'])).out).toContain('(default: signalbox.yaml)')
    expect((await signalbox(['health', '--help'])).out).toContain('(default: signalbox)')
  })

  it('ends with 3 where a store cannot be read', async () => {
    const path = join(folder(), 'store.db')
    writeFileSync(path, 'this is no database, and long enough to be looked at')
    const { exitCode, err } = await signalbox(['runs', '--json'], { env: { DATABASE_URL: `sqlite:${path}` } })
    expect(exitCode).toBe(EXIT.outOfReach)
    expect(err).toContain(path)
  })

  // A device of Linux to which nothing can be written, as to a full disk.
  it.runIf(existsSync('/dev/full')).each([
    ['one that prints', ['config', 'check', SAMPLE, '--json']],
    ['help', ['--help']],
  ])('says in a line that its output cannot be written, and ends with 3: %s', async (_, words) => {
    const full = openSync('/dev/full', 'w')
    const main = join(ROOT, 'src/cli/main.ts')
    const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', full, 'pipe'] })
    const [told, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')])
    closeSync(full)
    expect(told).toMatch(/^error: the output cannot be written \(ENOSPC: .*\); make room, .*\n$/)
    expect(code).toBe(EXIT.outOfReach)
  })

  it.runIf(existsSync('/dev/full'))('ends with its own code where its notes cannot be written', async () => {
    const full = openSync('/dev/full', 'w')
    const words = [join(ROOT, 'src/cli/main.ts'), 'runs', '--no-such-option']
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', full] })
    const [code] = await once(child, 'close')
    closeSync(full)
    expect(code).toBe(EXIT.badInput)
  })

  it('has no line about what Node warns of and nobody can mend, and keeps other warnings', async () => {
    const idle = [
      'SQLite is an experimental feature and might change',
      'Setting the TLS ServerName to an IP address is',
    ]
    const warn = [...idle, 'another thing'].map(text => `process.emitWarning('${text}')`)
    const preload = `data:text/javascript,process.once('beforeExit',()=>{${warn.join(';')}})`
    const { stderr } = await spawned(['--version'], { NODE_OPTIONS: `--import="${preload.replaceAll(' ', '%20')}"` })
    expect(stderr).toContain('another thing')
    expect(stderr).not.toMatch(/SQLite|ServerName/)
  })

  it.each([
    ['keeps what it has loaded compiled in its folder of the user’s cache', true],
    ['starts where that folder cannot be', false],
  ])('%s', async (_, isFree) => {
    const cache = folder()
    if (!isFree) writeFileSync(join(cache, 'signalbox'), 'a file in its way')
    const { code } = await spawned(['--version'], { XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: undefined })
    expect(code).toBe(EXIT.done)
    expect(existsSync(join(cache, 'signalbox/compiled'))).toBe(isFree)
  })

  it.each([
    ['cost', 'nobody'],
    ['explain', 'nobody', '--step', '1'],
    ['purge', '--run', 'nobody'],
    ['calls', '--run', 'nobody'],
    ['calls', '--run', 'nobody', '--json'],
  ])('ends with 4 for a run that the store does not know: %s %s', async (...words) => {
    const path = join(folder(), 'store.db')
    await (await openStore({ path })).close()
    const { exitCode, err, out } = await signalbox(words, { env: { DATABASE_URL: `sqlite:${path}` } })
    expect(exitCode).toBe(EXIT.noSuchRun)
    expect(err).toContain('has no run nobody')
    expect(out).toBe('')
  })

  it.each([
    ['runs'],
    ['calls'],
    ['cost', 'clerk-1'],
    ['spend'],
    ['endpoints'],
    ['explain', 'clerk-1', '--step', '1'],
    ['backtest', '--config', SAMPLE],
    ['budget', 'list', '--config', SAMPLE],
    ['budget', 'show', 'acme', '--config', SAMPLE],
    ['keys', 'list'],
    ['purge', '--older-than', '30d'],
    ['codec', '--port', '1'],
  ])('refuses to read a store that is not there, and makes none: %s', async (...words) => {
    const nowhere = join(folder(), 'some')
    const keys = { ...SAMPLE_ENV, SIGNALBOX_MASTER_KEY: newMasterKey() }
    const env = { ...keys, DATABASE_URL: `sqlite:${join(nowhere, 'store.db')}` }
    expect(await signalbox(words, { env, interrupted: Promise.resolve() })).toMatchObject({
      exitCode: EXIT.outOfReach,
      out: '',
      err: expect.stringMatching(
        /There is no store file .*some\/store\.db; .*`signalbox worker` creates it.*DATABASE_URL/,
      ),
    })
    expect(existsSync(nowhere)).toBe(false)
  })

  it('`show` says of both where there is neither a server nor a store', async () => {
    const env = { ...NOBODY, DATABASE_URL: `sqlite:${join(folder(), 'none.db')}` }
    const { err, exitCode } = await signalbox(['show', 'nobody'], { env })
    expect(err).toMatch(/no Temporal server answers at 127\.0\.0\.1:1.*\nerror: There is no store file .*none\.db/)
    expect(exitCode).toBe(EXIT.outOfReach)
  })

  it('makes none where nobody names one either', async () => {
    const cwd = folder()
    const { code, stderr } = await commands.run(['runs'], cwd)
    expect(code).toBe(EXIT.outOfReach)
    expect(stderr).toContain('There is no store file .signalbox/signalbox.db')
    expect(readdirSync(cwd)).toEqual([])
  })

  it.each(['nonsense', 'postgres:me:hunter2@database', 'mysql://me:hunter2@database/work'])(
    'ends with 2 for a DATABASE_URL that names neither a server nor a file: %s',
    async url => {
      const cwd = folder()
      const { code, stderr } = await commands.run(['runs'], cwd, { DATABASE_URL: url })
      expect(code).toBe(EXIT.badInput)
      expect(stderr).toMatch(/DATABASE_URL must be postgres:.*sqlite:signalbox\.db or a path such as/)
      expect(stderr).not.toContain('hunter2')
      expect(readdirSync(cwd)).toEqual([])
    },
  )
})

describe('worker', () => {
  it.each(['worker', 'dev'])('and %s end with 3 and say whose address it is where no server answers', async command => {
    const { code, stderr } = await commands.run([command, '--config', SAMPLE], folder(), { ...SAMPLE_ENV, ...NOBODY })
    expect(code).toBe(EXIT.outOfReach)
    expect(stderr).toContain('no Temporal server answers at 127.0.0.1:1, which TEMPORAL_ADDRESS names; set it to where')
    expect(stderr).toContain('or unset it and start one with `signalbox dev`')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('starts nothing for a configuration that is wrong', async () => {
    const wrong = ['worker', '--config', join(FIXTURES, 'no-endpoint.yaml')]
    expect(await signalbox(wrong, { env: NOBODY })).toMatchObject({
      exitCode: EXIT.badInput,
      err: expect.stringContaining('no endpoint is left'),
    })
  })
})

describe('a Node that is too old', () => {
  /** As Node 20 is: of another version, and without what Node 22 has added to its own modules. */
  const OLD_NODE = `
    import { registerHooks } from 'node:module'
    Object.defineProperty(process.versions, 'node', { value: '20.20.2' })
    const bare = { url: 'data:text/javascript,export default {}', shortCircuit: true }
    registerHooks({ resolve: (name, { parentURL }, next) => (name === 'node:module' && parentURL?.endsWith('main.ts') ? bare : next(name)) })`

  it('is told in one line', async () => {
    const preload = `--import=data:text/javascript,${encodeURIComponent(OLD_NODE)}`
    const { code, stdout, stderr } = await spawned(['--version'], { NODE_OPTIONS: preload })
    expect({ code, stdout }).toEqual({ code: EXIT.badInput, stdout: '' })
    expect(stderr).toBe('signalbox needs Node 22.19 or later; this is 20.20.2\n')
  })
})

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  describeConfiguration,
  summariseConfiguration,
} from '../../../src/catalog/configuration/describe-configuration.ts'
import { loadConfigurationFile } from '../../../src/catalog/configuration/load-configuration.ts'
import { addressVariables } from '../../../src/catalog/configuration/variables/address-variables.ts'
import type { Environment } from '../../../src/catalog/configuration/variables/variables.ts'
import { catalogue, problemsOf, soundOf } from './reading.ts'

const KEY = 'open-sesame-of-a-file'
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const secret = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const read = (acme: string, rest = '', env: Environment = {}, asksNobody = false) => {
  const path = join(folder, 'signalbox.yaml')
  writeFileSync(
    path,
    `
providers:
  acme: { protocol: openai-compatible, models: { acme/large: {} }, ${acme} }
  bolt: { protocol: openai-compatible, baseURL: "http://127.0.0.1:2", models: { acme/large: {} } }
classes: { strong: { models: [acme/large] } }
${rest}
`,
  )
  return loadConfigurationFile(path, env, { catalogue, asksNobody })
}

const at = 'baseURL: "http://127.0.0.1:1"'
const acmeOf = (...given: Parameters<typeof read>) =>
  soundOf(read(...given)).providers.find(({ name }) => name === 'acme')
const disabledOf = (...given: Parameters<typeof read>) => soundOf(read(...given)).disabled

describe('a secret in a file', () => {
  it('is a key, a part of a header, an address and a webhook with its secret, and is shown nowhere', () => {
    const key = secret('key', `${KEY}\n`)
    const hook = secret('hook', 'https://ops.example/opensesame\r\n')
    const signing = secret('signing', `${SECRET}\n\n`)
    const address = secret('address', 'http://127.0.0.1:1/v1')
    const configuration = soundOf(
      read(
        `baseURL: "\${file:${address}}", apiKey: "\${file:${key}}", headers: { x-key: "Key \${file: ${key}} \${WHO}" }`,
        `alerts: { webhook: "\${file:${hook}}", secret: "\${file:${signing}}" }`,
        { WHO: 'me' },
      ),
    )
    expect(configuration.providers[0]).toMatchObject({
      baseUrl: 'http://127.0.0.1:1/v1',
      apiKey: KEY,
      headers: { 'x-key': `Key ${KEY} me` },
    })
    expect(configuration.alerts?.webhook).toEqual({ url: 'https://ops.example/opensesame', secret: SECRET })
    const { directory, notes } = configuration
    const shown =
      JSON.stringify([directory, notes, summariseConfiguration(configuration)]) + describeConfiguration(configuration)
    expect(shown).not.toMatch(/sesame|whsec/)
  })

  it('is named from where the configuration lies', () => {
    mkdirSync(join(folder, 'secrets'))
    secret('secrets/acme', KEY)
    expect(acmeOf(`${at}, apiKey: "\${file:secrets/acme}"`)?.apiKey).toBe(KEY)
    expect(disabledOf(`${at}, apiKey: "\${file:./secrets/bolt}"`)).toEqual([
      { provider: 'acme', reason: `there is no file ${join(folder, 'secrets/bolt')}` },
    ])
  })

  it('disables its provider where it is not there, is empty or cannot be read, and says which', () => {
    const disabled = (path: string, env?: Environment) =>
      disabledOf(`baseURL: "\${ACME_URL}", apiKey: "\${file:${path}}"`, '', env).map(({ reason }) => reason)
    const env = { ACME_URL: 'http://127.0.0.1:1' }
    const absent = join(folder, 'absent')
    expect(disabled(absent, env)).toEqual([`there is no file ${absent}`])
    expect(disabled(absent)).toEqual([`ACME_URL is not set; there is no file ${absent}`])
    expect(disabled(secret('empty', ' \n'), env)).toEqual([`the file ${join(folder, 'empty')} is empty`])
    expect(disabled(folder, env)).toEqual([`${folder} is not a file`])
    expect(disabled('a'.repeat(300), env)[0]).toMatch(/^the file .* cannot be read \(ENAMETOOLONG\)$/)
    chmodSync(secret('closed', KEY), 0)
    if (process.getuid?.() !== 0)
      expect(disabled(join(folder, 'closed'), env)).toEqual([
        `the file ${join(folder, 'closed')} cannot be read (EACCES)`,
      ])
  })

  it('that is a provider’s address and is not there leaves nothing to ask', () => {
    expect(disabledOf(`baseURL: "\${file:url}"`)).toMatchObject([{ provider: 'acme' }])
  })

  it('has its default where it is not there; one that is empty is a mistake all the same', () => {
    expect(acmeOf(`${at}, apiKey: "\${file:absent:-none}"`)?.apiKey).toBe('none')
    secret('empty', '\n')
    expect(disabledOf(`${at}, apiKey: "\${file:empty:-none}"`)).toMatchObject([{ provider: 'acme' }])
  })

  it('of a webhook that is not there is a problem: nobody would know that posts are not signed', () => {
    const alerts = `alerts: { webhook: "https://ops.example/hook", secret: "\${file:signing}" }`
    const words = `alerts.secret (line 6, column 56): there is no file ${join(folder, 'signing')}. Allowed: a file with the secret in it.`
    expect(problemsOf(read(at, alerts))).toContain(words)
    expect(read(at, alerts, {}, true).ok).toBe(true)
  })

  it('is refused where it would be shown, and is not read there', () => {
    const told = problemsOf(read(at, `policy: { regions: ["\${file:${secret('key', KEY)}}"] }`))
    expect(told).toContain(
      `policy.regions[0] (line 6, column 21): a file holds a secret, and this value is shown and recorded. Allowed: secrets in apiKey`,
    )
    expect(told).not.toContain(KEY)
  })

  it('that does not fit is told of by its path, never by what is in it', () => {
    const told = problemsOf(read(`baseURL: "\${file:${secret('address', KEY)}}"`))
    expect(told).toContain(`Found: a text with the file ${join(folder, 'address')}.`)
    expect(told).not.toContain(KEY)
    expect(problemsOf(read(`${at}, apiKey: "\${file:${secret('two', `${KEY}\n${KEY}`)}}"`))).not.toContain(KEY)
  })

  it('that somebody wrote in the place of its path is not repeated', () => {
    const key = 'sk-planted-4f9a8b7c6d5e'
    expect(JSON.stringify(disabledOf(`${at}, apiKey: "\${file:${key}}"`))).not.toContain(key)
  })
})

it('leaves a provider to a line of the configuration where stand-ins are told of: no variable gives it that key', () => {
  const text = (apiKey: string) => `providers: { acme: { baseURL: "\${ACME_URL}", apiKey: "\${${apiKey}}" } }`
  expect(addressVariables(text('ACME_KEY'), 'acme')).toEqual({ address: 'ACME_URL', rest: '', key: 'ACME_KEY' })
  expect(addressVariables(text('file:/run/secrets/acme'), 'acme')).toBeUndefined()
})

it.each(['{file:}', '{file: }', `{file:a\${B}}`, '{FILE:/a}'])('$%s names no file', mark => {
  const words = `a variable is not written correctly. Allowed: \${NAME}, \${NAME:-default} or \${file:/path}, where a path`
  expect(problemsOf(read(`${at}, apiKey: "$${mark}"`))).toContain(words)
})

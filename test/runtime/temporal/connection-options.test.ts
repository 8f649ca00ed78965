import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectionOptions, localConnection } from '../../../src/runtime/temporal/connection-options.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-profile-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('falls back to a local server and the default namespace', () => {
  const { address, namespace, client, native } = connectionOptions({ HOME: folder })
  expect({ address, namespace }).toEqual({ address: 'localhost:7233', namespace: 'default' })
  expect(client).toEqual({ address })
  expect(native).toEqual({ address })
})

it('turns TLS on with an API key, and leaves it off when the environment says so', () => {
  const cloud = {
    HOME: folder,
    TEMPORAL_ADDRESS: 'acme.example:7233',
    TEMPORAL_NAMESPACE: 'acme',
    TEMPORAL_API_KEY: 'k',
  }
  expect(connectionOptions(cloud)).toMatchObject({
    address: 'acme.example:7233',
    namespace: 'acme',
    native: { address: 'acme.example:7233', apiKey: 'k', tls: true },
    client: { address: 'acme.example:7233', apiKey: 'k', tls: true },
  })
  expect(connectionOptions({ ...cloud, TEMPORAL_TLS: 'false' }).native.tls).toBe(false)
})

it('reads client certificates from the files that are named', async () => {
  await writeFile(join(folder, 'cert.pem'), 'certificate')
  await writeFile(join(folder, 'key.pem'), 'key')
  const { native } = connectionOptions({
    HOME: folder,
    TEMPORAL_ADDRESS: 'acme.example:7233',
    TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'cert.pem'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'key.pem'),
  })
  expect(native.tls).toMatchObject({ clientCertPair: { crt: bytes('certificate'), key: bytes('key') } })
})

it.each([
  ['CERT', 'KEY', 'a certificate of yours and no key for it'],
  ['KEY', 'CERT', 'a key of yours and no certificate for it'],
])('says that a %s without its %s is of no use', async (given, missing, words) => {
  const path = join(folder, 'half.pem')
  await writeFile(path, 'half')
  const env = { HOME: folder, TEMPORAL_ADDRESS: 'acme.example:7233', [`TEMPORAL_TLS_CLIENT_${given}_PATH`]: path }
  const read = () => connectionOptions(env)
  expect(read).toThrow(words)
  expect(read).toThrow(`set TEMPORAL_TLS_CLIENT_${missing}_PATH too, or unset TEMPORAL_TLS_CLIENT_${given}_PATH`)
  expect(() => connectionOptions({ ...env, TEMPORAL_TLS: 'false' })).not.toThrow()
})

it('reads the profile file, below the variables', async () => {
  const TEMPORAL_CONFIG_FILE = join(folder, 'profile.toml')
  await writeFile(TEMPORAL_CONFIG_FILE, '[profile.default]\naddress = "file:7233"\nnamespace = "of-file"\n')
  expect(connectionOptions({ TEMPORAL_CONFIG_FILE, TEMPORAL_ADDRESS: 'variable:7233' })).toMatchObject({
    address: 'variable:7233',
    namespace: 'of-file',
  })
})

it('says that the profile file is broken without quoting it', async () => {
  const TEMPORAL_CONFIG_FILE = join(folder, 'broken.toml')
  await writeFile(TEMPORAL_CONFIG_FILE, '[profile.default]\napi_key = "topsecret" and more\n')
  const read = (): unknown => connectionOptions({ TEMPORAL_CONFIG_FILE })
  expect(read).toThrow(/environment configuration cannot be read.*TEMPORAL_CONFIG_FILE/)
  expect(read).not.toThrow(/topsecret/)
})

it('keeps keys and TLS of the environment away from a server of our own', () => {
  expect(localConnection('127.0.0.1:9').native).toEqual({ address: '127.0.0.1:9' })
})

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

it('refuses an address with a scheme, which workers would take and clients wait for', () => {
  expect(() => connectionOptions({ HOME: folder, TEMPORAL_ADDRESS: 'http://acme.example:7233' })).toThrow(
    'a host and a port, without `http://`; set TEMPORAL_ADDRESS=acme.example:7233',
  )
})

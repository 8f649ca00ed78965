import { expect, it } from 'vitest'
import { hideSecrets } from '../../src/tools/mcp/hide-secrets.ts'

const SECRET = 'canary-of-mcp'

it.each(['DB_PASS', 'PGPWD', 'DB_PWD', 'GITHUB_PAT', 'API_KEY', 'AUTHORIZATION'])(
  'hides the value of the variable %s',
  name => {
    const server = { command: 'serve', env: { [name]: SECRET } }
    expect(hideSecrets(`no entry with ${SECRET}`, server)).toBe('no entry with [hidden]')
  },
)

it('leaves what is no secret as it is, such as the folder in which it runs', () => {
  const env = {
    PWD: '/srv/our/wares',
    OLDPWD: '/srv/our/wares',
    REGION: 'eu-central-1',
    WARES: 'https://wares.test/all',
  }
  const words = 'no /srv/our/wares in eu-central-1, nor at https://wares.test/all'
  expect(hideSecrets(words, { command: 'serve', env })).toBe(words)
})

it.each([
  ['with signs that an address writes otherwise', 'Xy^12|45{78}'],
  ['in another alphabet', 'пароль-длинный'],
  ['with a percent sign alone', '100%pure-wares'],
])('hides a password %s as it is given, as an address has it, and as it is read', (_, password) => {
  for (const written of [password, encodeURIComponent(password)]) {
    const server = { command: 'serve', env: { DATABASE_URL: `postgres://ann:${written}@db.test/wares` } }
    for (const told of [written, password, encodeURIComponent(password)])
      expect(hideSecrets(`refused ${told}!`, server)).toBe('refused [hidden]!')
  }
})

it('hides a password in an address that is itself in a variable with a name of secrets', () => {
  const server = { command: 'serve', env: { AUTH_URL: `https://ann:${SECRET}@auth.test` } }
  expect(hideSecrets(`refused ${SECRET}`, server)).toBe('refused [hidden]')
})

it('hides a key of an address as it stands there, as it is read, and as it is written again', () => {
  const server = { url: 'https://wares.test/mcp?team=press&api_key=abcd+efgh/ijkl==' }
  for (const told of ['abcd+efgh/ijkl==', 'abcd efgh/ijkl==', 'abcd%2Befgh%2Fijkl%3D%3D'])
    expect(hideSecrets(`press has no ${told}`, server)).toBe('press has no [hidden]')
})

import { describe, expect, it, vi } from 'vitest'
import { problemsOf, readText, soundOf } from './reading.ts'

const URL_LINE = 'baseURL: http://127.0.0.1:9001/v1'

function file({
  protocol = 'openai-compatible',
  key = '',
  model = '{}',
  classes = 'strong: { models: [bolt/large] }',
}) {
  return [
    'providers:',
    '  bolt:',
    `    protocol: ${protocol}`,
    `    ${URL_LINE}`,
    ...(key ? [`    apiKey: ${key}`] : []),
    `    models: { bolt/large: ${model} }`,
    `classes: { ${classes} }`,
    '',
  ].join('\n')
}

const problems = (text: string, env: Record<string, string> = {}) => problemsOf(readText(text, env))

describe('YAML that means something else than it looks like', () => {
  it.each([
    ['a name of a package without quotes', file({ protocol: '@ai-sdk/groq' }), 'line 3, column 15', /put it in quotes/],
    [
      'a comparison without quotes',
      file({ classes: 'strong: { rules: [{ when: { promptTokens: >9 }, use: strong }] }' }),
      'line 6, column 54',
      /put it in quotes/,
    ],
    ['a star', file({ classes: 'strong: { models: [*] }' }), 'line 6, column 31', /put it in quotes/],
    ['a pattern in double quotes', `${file({})}policy: { content: [{ pattern: "\\d" }] }`, 'line 7', /single quotes/],
    [
      'a tag of another tool',
      file({ key: '!env BOLT_KEY' }),
      'providers.bolt.apiKey (line 5, column 13)',
      /\$\{NAME\}/,
    ],
    [
      'a tag before a mapping',
      file({ classes: 'strong: !class { models: [bolt/large] }' }),
      'classes.strong (line 6, ',
      /tags \(!name\) are not supported/,
    ],
    [
      'a key twice in an item of a list',
      file({ classes: 'strong: { rules: [{ use: weak, use: strong }] }' }),
      'classes.strong.rules[0].use (line 6, ',
      /this key appears twice/,
    ],
    ['an older YAML', `%YAML 1.1\n---\n${file({})}`, '', /YAML 1\.2/],
    [
      'a merge key',
      file({ classes: 'strong: &s { models: [bolt/large] }, weak: { <<: *s }' }),
      'classes.weak["<<"] (line 6, column 57)',
      /merge key.*extends/,
    ],
  ])('%s is told with its place and what to write', (_, text, place, words) => {
    expect(problems(text)).toContain(place)
    expect(problems(text)).toMatch(words)
  })

  it('tells of a tag beside everything else', () => {
    const told = problems(file({ key: '!secret x', model: '{ contextWindow: -1 }' }))
    expect(told).toMatch(/2 problems/)
  })

  it('says where something stands below a number as a name, and behind an alias', () => {
    expect(problems(file({ classes: '2024: { models: [bolt/lrage] }' }))).toContain('(line 6, column 29)')
    const behind = file({
      classes: 'strong: { models: &m [bolt/large], needs: &n { contextWindow: x } }, weak: { needs: *n }',
    })
    expect(problems(behind)).toMatch(/classes\.weak\.needs\.contextWindow \(line 6, column \d+\)/)
  })

  it('warns nobody past the list of problems', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect(problems(file({ key: '{{ .Values.key }}' }))).toContain('providers.bolt.apiKey')
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })
})

describe('variables', () => {
  it.each([
    ['a provider', file({}).replace('  bolt:', `  "\${NAME}":`), `providers["\${NAME}"]`],
    ['a model', file({}).replace('bolt/large:', `"\${NAME}/large":`), `providers.bolt.models["\${NAME}/large"]`],
    ['an option', file({ classes: `strong: { providerOptions: { bolt: { "\${NAME}": 1 } } }` }), `["\${NAME}"]`],
  ])('are not read in the name of %s, which is told', (_, text, path) => {
    const told = problems(text, { NAME: 'bolt' })
    expect(told).toContain(path)
    expect(told).toMatch(/a name cannot contain a variable/)
  })

  it('that hold a key in quotes, as an environment file has it, are told', () => {
    const told = problems(file({ key: `"\${BOLT_KEY}"` }), { BOLT_KEY: '"hunter2hunter2"' })
    expect(told).toMatch(/providers\.bolt\.apiKey.* stands in quotes/)
    expect(told).not.toContain('hunter2')
  })
})

describe('a variable in the address of a known provider', () => {
  const text = 'providers: { databricks: {} }\nclasses: { any: {} }\n'
  const env = { DATABRICKS_TOKEN: 'none' }

  it.each(['https://adb-1.example', 'adb-1.example\n', 'me@adb-1.example', 'adb 1'])('has no room for %j', host => {
    expect(problems(text, { ...env, DATABRICKS_HOST: host })).toMatch(
      /providers\.databricks \(line 1, .*\): DATABRICKS_HOST does not fit into the provider’s address.*a bare name or host/,
    )
  })

  it('is taken where it fits', () => {
    expect(problems(text, { ...env, DATABRICKS_HOST: 'adb-1.example:8443' })).toBe('')
  })
})

describe('names', () => {
  it('that nobody bears are told beside what else is wrong with who names them', () => {
    const classes = [
      'strong: { models: [bolt/large], temperature: 9, onBudget: chaep, escalateTo: strnog }',
      'weak: { extends: storng, priority: 9 }',
      'led: { priority: 9, rules: [{ when: { workspace: acmee }, use: stornng }] }',
      'kept: { models: [bolt/large], sort: no, policy: { denyProviders: [blot] } }',
    ]
    const told = problems(
      `${file({ classes: classes.join(', ') })}budgets: { all: { scope: { class: srtong, workspace: acmme }, per: dya } }\nworkspaces: { acme: { polcy: {}, policy: { denyProviders: [botl] } } }\npolicy: { denyModels: [bolt/lrge] }\npolcy: {}`,
    )
    for (const name of [
      'chaep',
      'strnog',
      'storng',
      'acmee',
      'stornng',
      'blot',
      'srtong',
      'acmme',
      'botl',
      'bolt/lrge',
    ])
      expect(told).toContain(`Found: "${name}"`)
    expect(told).toMatch(/: 17 problems/)
  })

  it('are suggested only where something of what was written is in them, and listed as far as somebody reads', () => {
    const many = Array.from({ length: 30 }, (_, at) => `c${at}: { models: [bolt/large] }`).join(', ')
    const told = problems(file({ classes: `${many}, last: { extends: zz }` }))
    expect(told).toMatch(/Found: "zz"\. Allowed: c0, .*, c19 and 10 more\.$/)
  })
})

describe('a line of classes', () => {
  const LENGTH = 1_000
  const line = (last: string) =>
    file({
      classes: Array.from({ length: LENGTH }, (_, at) =>
        at === 0 ? `c0: { ${last} }` : `c${at}: { extends: c${at - 1}, onBudget: c${at - 1} }`,
      ).join(', '),
    })

  it('of any length is read in a moment: a worker reads it anew while it serves', () => {
    const result = readText(line('models: [bolt/large], priority: 2'))
    expect(soundOf(result).directory.classes[`c${LENGTH - 1}`]).toMatchObject({
      models: ['bolt/large'],
      priority: 2,
      onBudget: `c${LENGTH - 2}`,
    })
    expect(problems(line(`extends: c${LENGTH - 1}`))).toMatch(/1 problem\n .*extend each other in a cycle/)
  })
})

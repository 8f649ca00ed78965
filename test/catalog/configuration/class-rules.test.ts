import { describe, expect, it } from 'vitest'
import { problemsOf, readText, soundOf } from './reading.ts'

const PLAIN = 'strong: { models: [acme/large] }, cheap: { models: [acme/large] }'

function read(classes: string) {
  const providers = `{ acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }`
  return readText(`providers: ${providers}\nworkspaces: { press: {} }\nclasses: { ${classes}, ${PLAIN} }`)
}

const problems = (classes: string) => problemsOf(read(classes))

describe('rules', () => {
  it('are read into what a call is held to', () => {
    const result = read(
      'auto: { rules: [{ when: { promptTokens: ">120000", hours: "22:30-06", workspace: press }, use: strong }, { use: cheap }] }',
    )
    expect(soundOf(result).directory.classes.auto).toMatchObject({
      rules: [
        {
          when: { promptTokens: { is: '>', than: 120_000 }, hours: [1_350, 360], workspace: ['press'] },
          use: 'strong',
        },
        { use: 'cheap' },
      ],
    })
  })

  it('read days of the week by name and in ranges, also past the end of the week', () => {
    const daysOf = (days: string) => {
      const result = read(`auto: { rules: [{ when: { days: ${days} }, use: strong }, { use: cheap }] }`)
      return soundOf(result).directory.classes.auto?.rules?.[0]?.when?.days?.join(' ')
    }
    expect(daysOf('sat')).toBe('sat')
    expect(daysOf('mon-fri')).toBe('mon tue wed thu fri')
    expect(daysOf('fri-mon')).toBe('mon fri sat sun')
    expect(daysOf('[sun, tue-wed, wed]')).toBe('tue wed sun')
  })

  it('name classes and workspaces that are there', () => {
    const told = problems('auto: { rules: [{ when: { workspace: pres }, use: stong }, { use: cheap }] }')
    expect(told).toMatch(/classes\.auto\.rules\[0\]\.use \(line.*no such class.*Did you mean "strong"\?/)
    expect(told).toMatch(/classes\.auto\.rules\[0\]\.when\.workspace.*no such workspace.*Did you mean "press"\?/)
    expect(problems('auto: { split: { strong: 95, chep: 5 } }')).toMatch(
      /classes\.auto\.split\.chep \(line.*no such class.*Did you mean "cheap"\?/,
    )
  })

  it('say what each condition may be', () => {
    expect(problems('auto: { rules: [{ when: { promptTokens: 12 }, use: strong }, { use: cheap }] }')).toMatch(
      /rules\[0\]\.when\.promptTokens.*a comparison with a number of tokens/,
    )
    for (const hours of ['9', '24:30-05', '22-22'])
      expect(problems(`auto: { rules: [{ when: { hours: "${hours}" }, use: strong }, { use: cheap }] }`)).toMatch(
        /rules\[0\]\.when\.hours.*hours in UTC, such as 22-06/,
      )
    for (const days of ['weekend', 'mon-tue-wed', '[mon, fry]', '[]', '3'])
      expect(problems(`auto: { rules: [{ when: { days: ${days} }, use: strong }, { use: cheap }] }`)).toMatch(
        /rules\[0\]\.when\.days.*days of the week in UTC, such as sat or mon-fri/,
      )
    expect(problems('auto: { rules: [{ when: {}, use: strong }, { use: cheap }] }')).toContain('at least one condition')
  })

  it('cover every call, and none of them in vain', () => {
    expect(problems('auto: { rules: [{ when: { hours: "22-06" }, use: cheap }] }')).toContain(
      'classes.auto.rules (line 3, column 27): some calls match no rule',
    )
    expect(problems('auto: { models: [acme/large], rules: [{ when: { hours: "22-06" }, use: cheap }] }')).toBe('')
    expect(problems('auto: { rules: [{ use: cheap }, { use: strong }] }')).toContain(
      'the rules below it are never reached',
    )
    expect(problems('auto: { rules: [{ use: cheap }], split: { strong: 1 } }')).toContain('rules or a split, not both')
    expect(problems('auto: { rules: [{ use: cheap }], temperature: 1 }')).toMatch(
      /classes\.auto\.temperature.*would have no effect/,
    )
  })
})

describe('circles', () => {
  it('are refused, of rules and splits alone and with steps down and up', () => {
    const circle = (classes: string) => /circle: [^.]*/.exec(problems(classes))?.[0]
    expect(circle('a: { rules: [{ use: b }] }, b: { split: { a: 1, strong: 1 } }')).toBe('circle: a -> b -> a')
    expect(circle('a: { rules: [{ use: b }] }, b: { models: [acme/large], onBudget: a }')).toBe('circle: a -> b -> a')
    expect(circle('a: { rules: [{ use: b }] }, b: { models: [acme/large], escalateTo: a }')).toBe('circle: a -> b -> a')
    expect(problems('a: { rules: [{ use: b }] }, b: { split: { a: 1, strong: 1 } }')).toContain('1 problem\n')
  })

  it('are not made by a class that keeps a share for itself, nor by a step down to where one steps up from', () => {
    expect(problems('a: { models: [acme/large], split: { a: 95, cheap: 5 } }')).toBe('')
    expect(
      problems(
        'a: { rules: [{ use: b }] }, b: { models: [acme/large], onBudget: c }, c: { extends: b, escalateTo: a }',
      ),
    ).toBe('')
  })

  it('are none where a class extends another that has rules: those are not inherited', () => {
    const result = read('a: { models: [acme/large], split: { a: 95, b: 5 } }, b: { extends: a }')
    expect(soundOf(result).directory.classes.b).not.toHaveProperty('split')
  })
})

type Defined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name]
} & { [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined> }

/** Without the fields that are `undefined`: absent, they leave defaults alone and take no place in what is kept. */
export function definedOnly<Fields extends object>(fields: Fields): Defined<Fields> {
  const kept: Partial<Fields> = {}
  for (const name of Object.keys(fields) as (keyof Fields)[]) if (fields[name] !== undefined) kept[name] = fields[name]
  return kept as unknown as Defined<Fields>
}

type Defined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name]
} & { [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined> }

/** The object without its `undefined` fields, so that defaults apply to them and they take no space where they are stored. */
export function definedOnly<Fields extends object>(fields: Fields): Defined<Fields> {
  const kept: Partial<Fields> = {}
  // Some thirty times a call. Over a list of the names it takes three times as long.
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name]
  return kept as unknown as Defined<Fields>
}

namespace Discovery.Node.ConsulDialect;

/// <summary>The table knows exactly what Consul knows, with the same types, and what is ours beside it.</summary>
public sealed class DialectTableTests
{
    // "script" is Consul's before 1.0; "discovery" holds keys of our own.
    private static readonly string[] s_own = ["check.script", "discovery", "service.check.script"];

    [Fact]
    public void Table_BesideConsulsKeys_HasThemAllWithTheirTypes()
    {
        SortedSet<string> ours = new(Lines(DialectTable.Root, ""), StringComparer.Ordinal);
        string[] theirs = [.. Recorded.Schema.Select(static pair => $"{pair.Key} {pair.Value}")];
        Assert.InRange(theirs.Length, 400, 1000);
        Assert.Empty(theirs.Except(ours, StringComparer.Ordinal));
        Assert.Equal(s_own, ours.Except(theirs, StringComparer.Ordinal).Select(static line => line.Split(' ')[0])
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_EveryMappedKey_HasATargetOfItsOwn()
    {
        string[] targets =
            [.. Keys(DialectTable.Root).Where(static key => key.Handling == Handling.Mapped).Select(static key => key.Target)];
        Assert.Equal(targets.Order(StringComparer.Ordinal), targets.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(targets, static target => Assert.Matches("^(Node|Agent|Health|Http|Dns|SessionLimits):[A-Za-z0-9:]+$", target));
    }

    [Fact]
    public void Ignored_EveryKeyAtOnce_WarnsOnceEach()
    {
        string[] ignored = [.. Paths(DialectTable.Root, "", Handling.Ignored)];
        var root = new ConfigObject { ["data_dir"] = new ConfigText("/tmp/x") };
        foreach (string path in ignored)
        {
            Fill(root, path);
        }

        Dialect dialect = new Translation(root, isDev: false, []).Run();
        Assert.Equal(
            ignored.Order(StringComparer.Ordinal),
            dialect.Warnings.Select(static warning => warning.Split('\'')[1]).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<DialectKey> Keys(KeyShape shape) => shape.Keys.SelectMany(
        static key => key.Kind == ValueKind.Object && key.Shape is { } inner ? Keys(inner) : [key]);

    private static IEnumerable<string> Paths(KeyShape shape, string prefix, Handling handling)
    {
        foreach (DialectKey key in shape.Keys)
        {
            if (key.Handling == handling)
            {
                yield return prefix + key.Name;
            }
            else if (key.Kind == ValueKind.Object && key.Name is not ("service" or "check"))
            {
                foreach (string path in Paths(key.Shape!, $"{prefix}{key.Name}.", handling))
                {
                    yield return path;
                }
            }
        }
    }

    private static void Fill(ConfigObject root, string path)
    {
        string[] parts = path.Split('.');
        ConfigObject owner = root;
        KeyShape shape = DialectTable.Root;
        foreach (string part in parts[..^1])
        {
            owner[part] ??= new ConfigObject();
            owner = (ConfigObject)owner[part]!;
            shape = shape.Find(part)!.Shape!;
        }

        owner[parts[^1]] = shape.Find(parts[^1])!.Kind switch
        {
            ValueKind.Bool => new ConfigBool(true),
            ValueKind.Text => new ConfigText("a"),
            ValueKind.Duration => new ConfigText("1s"),
            ValueKind.Texts => new ConfigList([new ConfigText("a")]),
            ValueKind.TextMap or ValueKind.AnyMap => new ConfigObject { ["a"] = new ConfigText("a") },
            ValueKind.ObjectMap => new ConfigObject { ["a"] = new ConfigObject { ["type"] = new ConfigText("file") } },
            ValueKind.Objects or ValueKind.AnyMaps => new ConfigList([new ConfigObject { ["name"] = new ConfigText("a") }]),
            _ => new ConfigNumber(1),
        };
    }

    // The form of schema.txt; what is the same again is not repeated there.
    private static IEnumerable<string> Lines(KeyShape shape, string prefix)
    {
        foreach (DialectKey key in shape.Keys)
        {
            foreach (string name in key.Alias.Length > 0 ? [key.Name, key.Alias] : new[] { key.Name })
            {
                yield return $"{prefix}{name} {Type(key.Kind)}";
            }

            string below = key.Kind switch
            {
                _ when key.Name is "services" or "checks" or "sidecar_service" => "",
                ValueKind.Object => $"{prefix}{key.Name}.",
                ValueKind.Objects => $"{prefix}{key.Name}.[].",
                ValueKind.ObjectMap => $"{prefix}{key.Name}.name.",
                _ => "",
            };
            if (below.Length > 0)
            {
                foreach (string line in Lines(key.Shape!, below))
                {
                    yield return line;
                }
            }
        }
    }

    private static string Type(ValueKind kind) => kind switch
    {
        ValueKind.Text or ValueKind.Duration => "string",
        ValueKind.Bool => "bool",
        ValueKind.Whole => "int",
        ValueKind.Unsigned => "uint",
        ValueKind.Unsigned32 => "uint32",
        ValueKind.Unsigned64 => "uint64",
        ValueKind.Number => "float64",
        ValueKind.Texts => "list of string",
        ValueKind.TextMap or ValueKind.DurationMap => "map of string",
        ValueKind.TextsMap => "map of list of string",
        ValueKind.Object => "object",
        ValueKind.Objects => "list of object",
        ValueKind.ObjectMap => "map of object",
        ValueKind.AnyMap or ValueKind.Any => "any",
        _ => "list of any",
    };
}

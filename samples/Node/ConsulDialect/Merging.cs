namespace Discovery.Node.ConsulDialect;

/// <summary>Lays one decoded configuration over another: values replace, lists append, maps and objects merge key by key.</summary>
internal static class Merging
{
    private static readonly (string One, string Many)[] s_singulars = [("service", "services"), ("check", "checks")];

    public static ConfigObject Merge(IEnumerable<ConfigObject> fragments) =>
        fragments.Aggregate(new ConfigObject(), static (sum, next) => Over(sum, WithoutSingulars(next)));

    private static ConfigObject Over(ConfigObject below, ConfigObject above)
    {
        var made = new ConfigObject();
        foreach ((string name, ConfigValue value) in below.Entries)
        {
            made[name] = value;
        }

        foreach ((string name, ConfigValue value) in above.Entries)
        {
            made[name] = (made[name], value) switch
            {
                (ConfigList first, ConfigList then) => new ConfigList([.. first.Items, .. then.Items]),
                (ConfigObject first, ConfigObject then) => Over(first, then),
                _ => value,
            };
        }

        return made;
    }

    // Many files may each hold one service: they add up instead of replacing each other.
    private static ConfigObject WithoutSingulars(ConfigObject fragment)
    {
        var made = new ConfigObject();
        foreach ((string name, ConfigValue value) in fragment.Entries)
        {
            if (!s_singulars.Any(pair => pair.One == name))
            {
                made[name] = value;
            }
        }

        foreach ((string one, string many) in s_singulars)
        {
            if (fragment[one] is { } single)
            {
                made[many] = new ConfigList([.. (made[many] as ConfigList)?.Items ?? [], single]);
            }
        }

        return made;
    }
}

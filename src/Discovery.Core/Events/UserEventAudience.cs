using Discovery.Filtering;

namespace Discovery.Events;

/// <summary>Whether an event is for a node. Pure.</summary>
internal static class UserEventAudience
{
    /// <summary>True when the filter lets the event through; what is wrong with a filter otherwise, null for a plain no.</summary>
    public static (bool Includes, string? Error) Includes(UserEventFilter filter, string node, Func<IReadOnlyList<AgentService>> services)
    {
        if (filter.Node.Length > 0)
        {
            RegexProgram names = RegexProgram.Compile(filter.Node);
            if (names.Error is not null || !names.IsMatch(node))
            {
                return (false, names.Error);
            }
        }

        if (filter.Service.Length == 0)
        {
            return (true, null);
        }

        RegexProgram ids = RegexProgram.Compile(filter.Service);
        RegexProgram? tags = filter.Tag.Length > 0 ? RegexProgram.Compile(filter.Tag) : null;
        return (ids.Error ?? tags?.Error) is { } error
            ? (false, error)
            : (services().Any(one => ids.IsMatch(one.Service.Id) && (tags is null || one.Service.Tags.Any(tags.IsMatch))), null);
    }
}

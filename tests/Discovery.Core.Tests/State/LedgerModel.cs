using Discovery.Testing;

namespace Discovery.Core.Tests.State;

/// <summary>What the ledger must do, said in the plainest way: dictionaries that are copied before every command.</summary>
internal sealed class LedgerModel
{
    private readonly Dictionary<ulong, (ulong Index, CommandStatus Status)> _answers = [];

    public SortedDictionary<string, LedgerItem> Items { get; private set; } = new(StringComparer.Ordinal);

    public Dictionary<(string Space, string Key), (ulong Index, bool IsAbsent)> Topics { get; } = [];

    public Dictionary<string, ulong> Floors { get; } = new() { ["group"] = 0, ["item"] = 0 };

    public int Applied { get; private set; }

    public (ulong Index, CommandStatus Status) Run(ulong index, ulong sequence, IReadOnlyList<LedgerStep> steps)
    {
        if (sequence != 0 && _answers.TryGetValue(sequence, out (ulong, CommandStatus) known))
        {
            return known;
        }

        SortedDictionary<string, LedgerItem> before = Items;
        Items = new SortedDictionary<string, LedgerItem>(Items, StringComparer.Ordinal);
        HashSet<string> written = [];
        HashSet<string> touched = [];
        bool isFailed = false;
        foreach (LedgerStep step in steps)
        {
            Items.TryGetValue(step.Name, out LedgerItem? old);
            isFailed |= step.Action == LedgerAction.Throw || (step.Action == LedgerAction.Put && step.Group == "poison");
            switch (step.Action)
            {
                case LedgerAction.Put:
                    Items[step.Name] = new LedgerItem(step.Name, step.Group, step.Value);
                    written.Add(step.Name);
                    break;
                case LedgerAction.Delete when old is not null:
                    Items.Remove(step.Name);
                    written.Add(step.Name);
                    break;
                case LedgerAction.Add:
                    Items[step.Name] = new LedgerItem(step.Name, old?.Group ?? "", (old?.Value ?? 0) + step.Value);
                    written.Add(step.Name);
                    break;
                case LedgerAction.Touch:
                    touched.Add(step.Name);
                    break;
            }
        }

        CommandStatus status = isFailed ? CommandStatus.ModuleFailed : CommandStatus.Applied;
        if (isFailed)
        {
            Items = before;
        }
        else
        {
            Applied++;
            TouchAll(before, written, touched, index);
        }

        if (sequence != 0)
        {
            _answers[sequence] = (index, status);
        }

        return (index, status);
    }

    public void Reap(ulong upTo, int most)
    {
        // The order of reaping: index, then space in the order of declaration, then key.
        List<(string Space, string Key)> reaped = [.. Topics.Where(topic => topic.Value.IsAbsent && topic.Value.Index <= upTo)
            .OrderBy(topic => topic.Value.Index).ThenByDescending(topic => topic.Key.Space, StringComparer.Ordinal)
            .ThenBy(topic => topic.Key.Key, StringComparer.Ordinal).Select(topic => topic.Key).Take(most)];
        foreach ((string Space, string Key) topic in reaped)
        {
            Floors[topic.Space] = Math.Max(Floors[topic.Space], Topics[topic].Index);
            Topics.Remove(topic);
        }
    }

    public ulong IndexOf(string space, string key) =>
        Math.Max(1, Topics.TryGetValue((space, key), out (ulong Index, bool) topic) ? topic.Index : Floors[space]);

    public SortedDictionary<string, LedgerGroup> Groups()
    {
        SortedDictionary<string, LedgerGroup> groups = new(StringComparer.Ordinal);
        foreach (LedgerItem item in Items.Values.Where(item => item.Group.Length > 0))
        {
            groups.TryGetValue(item.Group, out LedgerGroup? group);
            groups[item.Group] = new LedgerGroup(item.Group, (group?.Count ?? 0) + 1, (group?.Sum ?? 0) + item.Value);
        }

        return groups;
    }

    private void TouchAll(SortedDictionary<string, LedgerItem> before, HashSet<string> written, HashSet<string> touched, ulong index)
    {
        SortedDictionary<string, LedgerGroup> groups = Groups();
        foreach (string name in written)
        {
            before.TryGetValue(name, out LedgerItem? old);
            Items.TryGetValue(name, out LedgerItem? row);
            if (old is not null || row is not null)
            {
                touched.Add(name);
                TouchGroup(old, groups, index);
                TouchGroup(row, groups, index);
            }
        }

        foreach (string name in touched)
        {
            Topics[("item", name)] = (index, !Items.ContainsKey(name));
        }
    }

    private void TouchGroup(LedgerItem? item, SortedDictionary<string, LedgerGroup> groups, ulong index)
    {
        if (item is { Group.Length: > 0 })
        {
            Topics[("group", item.Group)] = (index, !groups.ContainsKey(item.Group));
        }
    }
}

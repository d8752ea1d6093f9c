using System.Collections.Concurrent;

namespace Discovery.Answering;

/// <summary>What is told of a service, kept with its view: for all that may be sent something, for those that pass, and by tag.</summary>
internal sealed class ServiceRecords
{
    private const int TagsMax = 256;
    private const int InstanceBytes = 1024;
    private static readonly RecordSet s_none = new([], []);

    private readonly RecordMaker _maker;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _tags;
    private readonly InstanceRecords[] _available;
    private readonly RecordSet _all;
    private readonly RecordSet _passing;
    private readonly ConcurrentDictionary<string, RecordSet>.AlternateLookup<ReadOnlySpan<char>> _byTag;
    private readonly ConcurrentDictionary<string, RecordSet>.AlternateLookup<ReadOnlySpan<char>> _passingByTag;

    public ServiceRecords(ServiceView view, RecordMaker maker)
    {
        _maker = maker;
        _available = [.. view.Available.Select(maker.Of)];
        _all = new RecordSet(_available, maker.Suffix);
        _passing = Array.TrueForAll(_available, static one => one.Instance.IsPassing)
            ? _all
            : new RecordSet(Array.FindAll(_available, static one => one.Instance.IsPassing), maker.Suffix);
        var tags = new HashSet<string>(_available.SelectMany(static one => one.Instance.Service.Tags), StringComparer.OrdinalIgnoreCase);
        _tags = tags.GetAlternateLookup<ReadOnlySpan<char>>();
        _byTag = new ConcurrentDictionary<string, RecordSet>(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _passingByTag =
            new ConcurrentDictionary<string, RecordSet>(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What the records take, those by tag included once they are asked for.</summary>
    public int EstimatedBytes => 512 + (InstanceBytes * _available.Length);

    /// <summary>The records of a selection.</summary>
    /// <param name="onlyPassing">Leave out instances with a check that warns.</param>
    /// <param name="tag">A tag that they must have; empty for none.</param>
    public RecordSet Get(bool onlyPassing, ReadOnlySpan<char> tag)
    {
        RecordSet set = onlyPassing ? _passing : _all;
        if (tag.Length == 0 || set.Instances.Length == 0)
        {
            return set;
        }

        ConcurrentDictionary<string, RecordSet>.AlternateLookup<ReadOnlySpan<char>> sets = onlyPassing ? _passingByTag : _byTag;
        return sets.TryGetValue(tag, out RecordSet? known) ? known
            : _tags.Contains(tag) ? Select(set, sets, tag.ToString())
            : s_none;
    }

    private RecordSet Select(
        RecordSet from, ConcurrentDictionary<string, RecordSet>.AlternateLookup<ReadOnlySpan<char>> sets, string tag)
    {
        var selected = new RecordSet(Array.FindAll(from.Instances, one => HasTag(one.Instance, tag)), _maker.Suffix);

        if (sets.Dictionary.Count < TagsMax)
        {
            sets.TryAdd(tag, selected);
        }

        return selected;
    }

    private static bool HasTag(ServiceInstance instance, string tag)
    {
        foreach (string own in instance.Service.Tags)
        {
            if (string.Equals(own, tag, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}

namespace Discovery.Health;

/// <summary>The last results of a check. Equal neighbours share their text.</summary>
internal sealed class CheckHistory
{
    public const int Capacity = 20;
    public const int OutputBytesMax = 256;

    private (TimeSpan At, CheckResult Result)[] _items = [];
    private long _count;

    public void Add(TimeSpan at, CheckResult result)
    {
        if (_items.Length < Capacity && _count == _items.Length)
        {
            Array.Resize(ref _items, Math.Min(Capacity, Math.Max(4, _items.Length * 2)));
        }

        string head = CheckText.Head(result.Output, OutputBytesMax);
        string? last = _count > 0 ? _items[(_count - 1) % _items.Length].Result.Output : null;
        head = last is not null && string.Equals(last, head, StringComparison.Ordinal) ? last : head;

        _items[_count % _items.Length] = (at, result with { Output = head });
        _count++;
    }

    /// <summary>The results, oldest first.</summary>
    public IReadOnlyList<(TimeSpan At, CheckResult Result)> ToList()
    {
        var list = new List<(TimeSpan, CheckResult)>(Capacity);
        for (long i = Math.Max(0, _count - _items.Length); i < _count; i++)
        {
            list.Add(_items[i % _items.Length]);
        }

        return list;
    }
}

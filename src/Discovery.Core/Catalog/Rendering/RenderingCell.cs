namespace Discovery.Catalog;

/// <summary>The place of one rendering of one view or instance; empty when the budget has taken it back.</summary>
internal sealed class RenderingCell : RenderingLink
{
    private readonly RenderingBudget _budget;
    private object? _value;
    private long _charged;
    private bool _isUsed;

    public RenderingCell(object kind, RenderingLink next)
    {
        Kind = kind;
        Next = next;
        while (next is RenderingCell cell)
        {
            next = cell.Next;
        }

        _budget = (RenderingBudget)next;
    }

    // The view or instance is gone, and with it what it showed.
    ~RenderingCell() => _budget.Release(Interlocked.Exchange(ref _charged, 0));

    public object Kind { get; }

    public RenderingLink Next { get; }

    /// <summary>The rendering, if it is there; reading it counts as use.</summary>
    public object? Value
    {
        get
        {
            object? value = Volatile.Read(ref _value);
            if (value is not null && !_isUsed)
            {
                _isUsed = true;
            }

            return value;
        }
    }

    public void Keep(object value, int bytes)
    {
        if (_budget.Holds(bytes))
        {
            _isUsed = false;
            Volatile.Write(ref _value, value);
            _charged = RenderingBudget.CellBytes + bytes;
            _budget.Charge(this, RenderingBudget.CellBytes + bytes);
        }
    }

    /// <summary>Lets go of the rendering, unless it was used since it was last asked to.</summary>
    public bool TryEvict(bool evenIfUsed)
    {
        if (_isUsed && !evenIfUsed)
        {
            _isUsed = false;
            return false;
        }

        // In this order: once the value is gone, somebody may keep a new one here.
        long charged = Interlocked.Exchange(ref _charged, 0);
        Volatile.Write(ref _value, null);
        _budget.Release(charged);
        return true;
    }
}

namespace Discovery.Answering;

/// <summary>Draws from a list without putting back, and without allocating: as many draws as are needed, not a shuffle of all.</summary>
/// <remarks>
/// Fisher-Yates, whose array is put back to the identity afterwards, so that it need not be filled for each list. The weighted draw
/// takes a number below the sum and draws again when it has had that one; when that goes on too long it looks at all that are left.
/// </remarks>
internal sealed class Picker(ulong seed)
{
    private const int TriesMax = 24;

    private int[] _order = [];
    private int[] _swaps = [];
    private ulong _state = seed == 0 ? 0x9E3779B97F4A7C15 : seed;
    private int _size;
    private int _drawn;

    /// <summary>The state of the generator; setting it makes the same choices again.</summary>
    public ulong State
    {
        get => _state;
        set => _state = value == 0 ? 0x9E3779B97F4A7C15 : value;
    }

    public void Begin(int size)
    {
        _size = size;
        _drawn = 0;
        if (_order.Length < size)
        {
            int capacity = Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size));
            _order = [.. Enumerable.Range(0, capacity)];
            _swaps = new int[capacity];
        }
    }

    /// <summary>One of those that were not drawn yet, each as likely.</summary>
    public int Draw() => Take(_drawn + Below(_size - _drawn));

    /// <summary>One of those that were not drawn yet, as likely as its weight; one of weight 0 only when no other is left.</summary>
    /// <param name="sums">The sum of the weights up to and with each.</param>
    public int Draw(ReadOnlySpan<long> sums)
    {
        long total = sums[_size - 1];
        for (int i = 0; i < TriesMax && total > 0; i++)
        {
            int index = Find(sums, (long)(Next() % (ulong)total));
            int place = PlaceOf(index);
            if (place >= _drawn)
            {
                return Take(place);
            }
        }

        long left = 0;
        for (int i = _drawn; i < _size; i++)
        {
            left += WeightOf(sums, _order[i]);
        }

        if (left == 0)
        {
            return Draw();
        }

        long number = (long)(Next() % (ulong)left);
        int at = _drawn;
        for (; number >= WeightOf(sums, _order[at]); at++)
        {
            number -= WeightOf(sums, _order[at]);
        }

        return Take(at);
    }

    public void End()
    {
        for (int i = _drawn - 1; i >= 0; i--)
        {
            (_order[i], _order[_swaps[i]]) = (_order[_swaps[i]], _order[i]);
        }
    }

    public ulong Next()
    {
        ulong x = _state;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        _state = x;
        return x * 0x2545F4914F6CDD1D;
    }

    private static long WeightOf(ReadOnlySpan<long> sums, int index) => index == 0 ? sums[0] : sums[index] - sums[index - 1];

    private static int Find(ReadOnlySpan<long> sums, long number)
    {
        int low = 0;
        int high = sums.Length - 1;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (sums[middle] > number)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    // An index that was not moved stands at its own place; one that was, at the place that it was swapped to or among the drawn.
    private int PlaceOf(int index)
    {
        if (_order[index] == index)
        {
            return index;
        }

        for (int i = 0; i < _drawn; i++)
        {
            if (_order[i] == index)
            {
                return i;
            }
        }

        return Array.IndexOf(_order, index, _drawn, _size - _drawn);
    }

    private int Take(int place)
    {
        int index = _order[place];
        _order[place] = _order[_drawn];
        _order[_drawn] = index;
        _swaps[_drawn++] = place;
        return index;
    }
}

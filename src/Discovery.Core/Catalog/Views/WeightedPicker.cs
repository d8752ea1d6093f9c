namespace Discovery.Catalog;

/// <summary>Picks in constant time in proportion to weights: Vose's alias method (ACM TOMS 1991).</summary>
internal sealed class WeightedPicker
{
    private readonly ServiceInstance[] _instances;
    private readonly uint[]? _thresholds;
    private readonly int[]? _aliases;

    private WeightedPicker(ServiceInstance[] instances, uint[]? thresholds, int[]? aliases)
    {
        _instances = instances;
        _thresholds = thresholds;
        _aliases = aliases;
    }

    public static WeightedPicker Create(ServiceInstance[] available)
    {
        ServiceInstance[] weighted = Array.TrueForAll(available, static instance => instance.Weight > 0)
            ? available
            : Array.FindAll(available, static instance => instance.Weight > 0);
        if (weighted.Length < 2 || Array.TrueForAll(weighted, instance => instance.Weight == weighted[0].Weight))
        {
            return new WeightedPicker(weighted, null, null);
        }

        var thresholds = new uint[weighted.Length];
        var aliases = new int[weighted.Length];
        Fill(weighted, thresholds, aliases);
        return new WeightedPicker(weighted, thresholds, aliases);
    }

    public ServiceInstance? Pick(ulong random)
    {
        ServiceInstance[] instances = _instances;
        if (instances.Length == 0)
        {
            return null;
        }

        int column = (int)(((random >> 32) * (ulong)instances.Length) >> 32);
        return _thresholds is null || (uint)random < _thresholds[column] ? instances[column] : instances[_aliases![column]];
    }

    private static void Fill(ServiceInstance[] instances, uint[] thresholds, int[] aliases)
    {
        double total = instances.Sum(static instance => (double)instance.Weight);
        var share = Array.ConvertAll(instances, instance => instance.Weight * instances.Length / total);
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int i = 0; i < share.Length; i++)
        {
            (share[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            int less = small.Pop();
            int more = large.Pop();
            thresholds[less] = (uint)Math.Min(share[less] * uint.MaxValue, uint.MaxValue);
            aliases[less] = more;
            share[more] -= 1 - share[less];
            (share[more] < 1 ? small : large).Push(more);
        }

        foreach (int rest in small.Concat(large))
        {
            thresholds[rest] = uint.MaxValue;
            aliases[rest] = rest;
        }
    }
}

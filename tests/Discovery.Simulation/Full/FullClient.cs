using System.Globalization;
using System.Text;
using Discovery.KeyValue;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>Writes and reads keys through the facade of one process, one operation at a time.</summary>
internal sealed class FullClient(FullWorld world, NodeLife life, int number, bool isBurst = false)
{
    public const string Prefix = "r/";
    private const int BurstMax = 15;

    private readonly Randomness _random = world.Random.Fork();
    private readonly Dictionary<string, ulong> _seen = new(StringComparer.Ordinal);
    private int _values;

    /// <summary>What a client wrote as this value: the rest of it is there for its length.</summary>
    public static string TextOf(KeyValueEntry entry)
    {
        ReadOnlySpan<byte> value = entry.Value.Span;
        int end = value.IndexOf((byte)' ');
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }

    public async Task RunAsync()
    {
        for (int i = 0; !world.IsEnding && (!isBurst || i < BurstMax); i++)
        {
            TimeSpan pause = isBurst ? TimeSpan.FromMilliseconds(40) : world.Options.ClientPauseMax;
            await Task.Delay(_random.Between(TimeSpan.Zero, pause), life.Clock);
            int key = isBurst ? 0 : _random.Below(world.Options.Keys);
            await AskAsync(Prefix + key.ToString(CultureInfo.InvariantCulture), _random.Fraction());
        }
    }

    /// <summary>Reads one key at the end.</summary>
    public Task ReadLastAsync(string key) => ReadAsync(key, ReadConsistency.Consistent);

    /// <summary>Writes a key, and tells whether that was acknowledged.</summary>
    public Task<bool> WriteAsync(string key) => PutAsync(key, isConditional: false);

    private Task AskAsync(string key, double kind) => isBurst
        ? kind < 0.3 ? PutAsync(key, isConditional: false) : ReadAsync(key, ReadConsistency.Default)
        : kind switch
        {
            < 0.4 => PutAsync(key, isConditional: false),
            < 0.55 => PutAsync(key, isConditional: true),
            < 0.6 => DeleteAsync(key),
            < 0.8 => ReadAsync(key, ReadConsistency.Consistent),
            _ => ReadAsync(key, ReadConsistency.Default),
        };

    private async Task<bool> PutAsync(string key, bool isConditional)
    {
        string value = string.Create(CultureInfo.InvariantCulture, $"{number}.{++_values}");
        KeyValueEntry? seen = isConditional ? life.Store.Get(key) : null;
        KeyValueInput input = isConditional
            ? new(RegisterVerb.Cas, key, value, seen is null ? null : TextOf(seen))
            : new(RegisterVerb.Put, key, value);
        byte[] body = Encoding.UTF8.GetBytes(value + ' ' + new string('x', _random.Below(world.Options.ValueBytesMax)));
        int operation = world.History.Invoke(number, input);
        try
        {
            KeyValueResult result = await life.Store.PutAsync(
                key, body, new KeyValuePut { CompareIndex = isConditional ? seen?.ModifyIndex ?? 0 : null });
            world.History.Complete(operation, new KeyValueOutput(result.IsApplied));
            if (result.IsApplied)
            {
                world.Applied.OnAcknowledged(life, result.Index, key, value);
            }

            return true;
        }
        catch (DiscoveryException e)
        {
            Refused(operation, e);
            return false;
        }
    }

    private async Task DeleteAsync(string key)
    {
        int operation = world.History.Invoke(number, new KeyValueInput(RegisterVerb.Delete, key));
        try
        {
            KeyValueResult result = await life.Store.DeleteAsync(key);
            world.History.Complete(operation, new KeyValueOutput(result.IsApplied));
        }
        catch (DiscoveryException e)
        {
            Refused(operation, e);
        }
    }

    private async Task ReadAsync(string key, ReadConsistency consistency)
    {
        int operation = world.History.Invoke(number, new KeyValueInput(RegisterVerb.Get, key));
        try
        {
            bool isLeader = life.Log.Leadership.IsLeader;
            QueryOptions options = new() { Consistency = consistency };
            if (!isBurst && _random.Chance(0.2))
            {
                world.Coverage.Count("reads that wait");
                options = options with { AfterIndex = _seen.GetValueOrDefault(key), Wait = _random.Milliseconds(10, 1500) };
            }

            QueryReply<KeyValueEntry?> reply = await life.Store.QueryAsync(key, options);
            _seen[key] = reply.Index;
            if (consistency == ReadConsistency.Default && world.Options.ClocksStop)
            {
                // No lease survives a clock that stands still.
                world.History.Drop(operation);
                return;
            }

            string kind = consistency == ReadConsistency.Default ? "default" : "consistent";
            world.Coverage.Count($"{kind} reads {(isLeader ? "on the leader" : "elsewhere")}");
            world.History.Complete(operation, new KeyValueOutput(Value: reply.Body is null ? null : TextOf(reply.Body)));
        }
        catch (DiscoveryException)
        {
            world.History.Drop(operation);
        }
    }

    private void Refused(int operation, DiscoveryException e)
    {
        if (e.WriteOutcome == WriteOutcome.NotApplied)
        {
            world.Coverage.Count("writes refused");
            world.History.Drop(operation);
        }
        else
        {
            world.Coverage.Count("unknown outcomes");
        }
    }
}

using System.Text;
using Discovery.Testing;

namespace Discovery.KeyValue;

using CheckResult = Discovery.Testing.CheckResult;

/// <summary>One seeded run: callers that read and write two keys in a storm, and write down what they were told.</summary>
internal sealed class RegisterRun(int seed, PlantedBug bug = PlantedBug.None)
{
    private const int Callers = 4;
    private const int Steps = 25;
    private static readonly string[] Names = ["x", "y"];

    private readonly SimulationKernel _kernel = new(seed);
    private readonly History<KeyValueInput, KeyValueOutput> _history = new();
    private int _values;

    public CheckResult Run()
    {
        _kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(
                _kernel, FaultyCommandLogOptions.Stormy, deduplicates: bug != PlantedBug.DuplicateAppliedTwice);
            var callers = new List<Task>();
            for (int i = 0; i < Callers; i++)
            {
                int number = i;
                Random random = _kernel.CreateRandom();
                callers.Add(node.Runtime.Start(() => CallAsync(node, number, random)));
            }

            await Task.WhenAll(callers);
        });
        return LinearizabilityChecker.Check(_history.Operations, new KeyValueModel());
    }

    private async Task CallAsync(KeyValueNode node, int number, Random random)
    {
        for (int i = 0; i < Steps; i++)
        {
            string name = Names[random.Next(Names.Length)];
            switch (random.Next(4))
            {
                case 0:
                    await TryAsync(number, new KeyValueInput(RegisterVerb.Get, name), async () => new KeyValueOutput(true, Text(
                        (await node.Store.QueryAsync(name, new QueryOptions { Consistency = ReadConsistency.Consistent })).Body)));
                    break;
                case 1:
                    string put = NextValue();
                    await TryAsync(number, new KeyValueInput(RegisterVerb.Put, name, put), async () =>
                        new KeyValueOutput((await node.Store.PutAsync(name, Encoding.UTF8.GetBytes(put))).IsApplied));
                    break;
                case 2:
                    await TryAsync(number, new KeyValueInput(RegisterVerb.Delete, name), async () =>
                        new KeyValueOutput((await node.Store.DeleteAsync(name)).IsApplied));
                    break;
                default:
                    await SwapAsync(node, number, name);
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300)), node.Runtime.Time);
        }
    }

    private Task SwapAsync(KeyValueNode node, int number, string name)
    {
        // Every value is written once: the index of an entry and its value stand for the same write.
        KeyValueEntry? seen = node.Store.Get(name);
        string next = NextValue();
        return TryAsync(number, new KeyValueInput(RegisterVerb.Cas, name, next, Text(seen)), async () =>
        {
            KeyValueResult result = await node.Store.PutAsync(
                name, Encoding.UTF8.GetBytes(next), new KeyValuePut { CompareIndex = seen?.ModifyIndex ?? 0 });
            return new KeyValueOutput(result.IsApplied);
        });
    }

    private async Task TryAsync(int number, KeyValueInput input, Func<Task<KeyValueOutput>> run)
    {
        int operation = _history.Invoke(number, input);
        try
        {
            _history.Complete(operation, await run());
        }
        catch (DiscoveryException)
        {
            // Without an answer the checker takes it as possibly applied.
        }
    }

    private string NextValue() => $"v{++_values}";

    private static string? Text(KeyValueEntry? entry) => entry is null ? null : Encoding.UTF8.GetString(entry.Value.Span);
}

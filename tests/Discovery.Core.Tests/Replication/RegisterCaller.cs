using System.Globalization;
using Discovery.Testing;

namespace Discovery.Core.Tests.Replication;

/// <summary>One caller that reads and swaps registers of the ledger and writes down what it was told.</summary>
internal sealed class RegisterCaller(
    LedgerNode node, CommandClient client, ICommandLog log, Random random, History<KeyValueInput, KeyValueOutput> history, int number)
{
    private static readonly string[] Names = ["x", "y"];
    private long _next = (number + 1) * 1000;

    public async Task RunAsync()
    {
        for (int i = 0; i < 30; i++)
        {
            string name = Names[random.Next(Names.Length)];
            switch (random.Next(3))
            {
                case 0:
                    await LocalReadAsync(name);
                    break;
                case 1:
                    await TryAsync(new KeyValueInput(RegisterVerb.Get, name), async () => new KeyValueOutput(
                        true, Text((await client.ExecuteAsync(node.Ledger.Read, name, CallContext.Local)).Value)));
                    break;
                default:
                    await SwapAsync(name);
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300)), node.Runtime.Time);
        }
    }

    private static string? Text(long value) => value == 0 ? null : value.ToString(CultureInfo.InvariantCulture);

    private long Value(string name) => node.State.Get(node.Ledger.Items, LedgerModule.Key(name))?.Value ?? 0;

    private Task SwapAsync(string name)
    {
        long expected = random.Next(3) == 0 ? 0 : Value(name);
        LedgerSwap swap = new(name, expected, ++_next);
        return TryAsync(new KeyValueInput(RegisterVerb.Cas, name, Text(swap.Value), Text(expected)), async () =>
            new KeyValueOutput((await client.ExecuteAsync(node.Ledger.Swap, swap, CallContext.Local)).Value));
    }

    private async Task LocalReadAsync(string name)
    {
        int operation = history.Invoke(number, new KeyValueInput(RegisterVerb.Get, name));
        ReadBarrierResult barrier = await log.ReadBarrierAsync(ReadConsistency.Consistent);
        if (barrier.IsReached)
        {
            history.Complete(operation, new KeyValueOutput(true, Text(Value(name))));
        }
    }

    private async Task TryAsync(KeyValueInput input, Func<Task<KeyValueOutput>> run)
    {
        int operation = history.Invoke(number, input);
        try
        {
            history.Complete(operation, await run());
        }
        catch (DiscoveryException)
        {
            // Without an answer the checker takes it as possibly applied.
        }
    }
}

using System.Collections.Concurrent;
using Discovery;

namespace QuickStart;

/// <summary>
/// The main job on real input: watches the service, calls it by name, breaks and mends instances, and asks why one has left.
/// </summary>
internal sealed class Demo(IServiceCatalog catalog, IHttpClientFactory clients, Greeters greeters)
{
    private readonly ConcurrentDictionary<string, int> _answered = new(StringComparer.Ordinal);
    private int _failed;

    public async Task RunAsync(IDemoScreen screen, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] work = [WatchAsync(screen, ended.Token), CallAsync(ended.Token), ObeyAsync(screen, ended.Token)];
        try
        {
            await await Task.WhenAny(work);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            screen.Say("stopping");
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(work.Select(static task => task.ContinueWith(static _ => { }, TaskScheduler.Default)));
        }
    }

    private async Task WatchAsync(IDemoScreen screen, CancellationToken stop)
    {
        await foreach (ServiceChange change in catalog.WatchAsync(Greeters.ServiceName, cancellationToken: stop))
        {
            foreach (ServiceDelta delta in change.Deltas)
            {
                await TellAsync(screen, delta, stop);
            }

            Show(screen);
        }
    }

    private async Task TellAsync(IDemoScreen screen, ServiceDelta delta, CancellationToken stop)
    {
        string before = delta.Old is null ? "absent" : Describe(delta.Old);
        string now = delta.New is null ? "absent" : Describe(delta.New);
        if (before == now)
        {
            return;
        }

        screen.Say($"{delta.Instance.Id}: {before} -> {now}");
        if (delta.Old is { IsPassing: true } && delta.New is not { IsPassing: true })
        {
            var query = new ServiceQuery(Greeters.ServiceName) { Health = HealthFilter.Passing };
            ServiceExplanation explanation = await catalog.ExplainAsync(query, delta.Instance.Id, cancellationToken: stop);
            foreach (ExplainedReason reason in explanation.Instances.SelectMany(static instance => instance.Reasons))
            {
                screen.Say($"  why it left the passing list: {reason.Reason}: {reason.Message.ReplaceLineEndings(" ")}");
            }
        }
    }

    // http://greeter/ is nobody's host name: the catalog's handler sends each call to an available instance.
    private async Task CallAsync(CancellationToken stop)
    {
        using HttpClient client = clients.CreateClient("by-name");
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
            if (catalog.Find(Greeters.ServiceName).Available.Count == 0)
            {
                continue;
            }

            try
            {
                string answer = await client.GetStringAsync(new Uri($"http://{Greeters.ServiceName}/"), stop);
                _answered.AddOrUpdate(answer.Replace("hello from ", "", StringComparison.Ordinal), 1, static (_, count) => count + 1);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }

    private async Task ObeyAsync(IDemoScreen screen, CancellationToken stop)
    {
        while (true)
        {
            DemoWish wish = await screen.NextWishAsync(stop);
            Greeter greeter = greeters.All[wish.Greeter];
            screen.Say(wish.Deed == DemoDeed.BreakOrMend ? greeter.BreakOrMend() : await greeter.KillOrRestartAsync());
            Show(screen);
        }
    }

    private void Show(IDemoScreen screen) =>
        screen.Show(new DemoState(catalog.Find(Greeters.ServiceName).All, _answered, Volatile.Read(ref _failed)));

    private static string Describe(ServiceInstance instance) => instance.Status.ToString().ToLowerInvariant();
}

using System.Globalization;

namespace ThreeServers;

/// <summary>Three servers under load; whoever is wished for is killed or comes back; at the end everything must be everywhere.</summary>
internal sealed class Demo(Cluster cluster, Writer writer, IScreen screen)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs until it is stopped, or so many leaders were killed.</summary>
    /// <returns>Whether all that was acknowledged was on all servers at the end.</returns>
    public async Task<bool> RunAsync(int killsMax, CancellationToken stop)
    {
        cluster.Start();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] work = [writer.RunAsync(ended.Token), ObeyAsync(killsMax, ended.Token)];
        try
        {
            await await Task.WhenAny(work);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to.
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(work.Select(static task => task.ContinueWith(static _ => { }, TaskScheduler.Default)));
        }

        screen.Say("stopping: those that are away come back, and all are asked for all that was acknowledged");
        foreach (ServerProcess server in cluster.Servers.Where(static server => !server.IsAlive))
        {
            server.Start();
        }

        using var patience = new CancellationTokenSource(s_patience);
        bool[] whole = await Task.WhenAll(cluster.Servers.Select(server => HasAllAsync(server, patience.Token)));
        return whole.All(static one => one);
    }

    private async Task ObeyAsync(int killsMax, CancellationToken stop)
    {
        int kills = 0;
        while (true)
        {
            int? wish = await screen.NextWishAsync(stop);
            ServerProcess? server = wish is { } number ? cluster.Servers[number]
                : cluster.Servers.FirstOrDefault(static one => !one.IsAlive) ?? cluster.Leader;
            if (server is { IsAlive: true })
            {
                if (kills++ == killsMax)
                {
                    return;
                }

                writer.ForgetPause();
                screen.Say($"kill -9 of {server.Name}{(server == cluster.Leader ? ", which leads" : "")}");
                await server.KillAsync();
            }
            else
            {
                server?.Start();
            }
        }
    }

    private async Task<bool> HasAllAsync(ServerProcess server, CancellationToken patience)
    {
        int count = 0;
        while (!patience.IsCancellationRequested)
        {
            try
            {
                count = await writer.CountAsync(server, patience);
                if (count == writer.Acknowledged)
                {
                    break;
                }
            }
            catch (HttpRequestException)
            {
                // It is still on its way.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        screen.Say(string.Create(
            CultureInfo.InvariantCulture, $"{server.Name} has {count} of {writer.Acknowledged} acknowledged writes in its own state"));
        return count == writer.Acknowledged;
    }
}

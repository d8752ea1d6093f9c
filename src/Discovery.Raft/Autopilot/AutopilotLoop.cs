using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

/// <summary>The leader's duty to look after the members: takes in who comes new, gives votes, removes who has failed.</summary>
internal sealed class AutopilotLoop(AutopilotParts parts, RaftServer server) : INodeLoop
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private string _refused = "";

    public string Name => "autopilot";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Leadership leadership = server.Leadership;
            if (leadership.IsLeader)
            {
                using var office = CancellationTokenSource.CreateLinkedTokenSource(leadership.Ended, cancellationToken);
                try
                {
                    await LookAsync(office.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // Another leads.
                }
            }

            await Task.Delay(s_period, parts.Runtime.Time, cancellationToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        AutopilotConfiguration configuration = parts.Configuration;
        if (await parts.Watch.LookAsync(configuration, cancellationToken) is not var (view, servers))
        {
            return;
        }

        parts.Metrics.Count(view.Configuration);
        if (view.IsChanging)
        {
            return;
        }

        var rules = new AutopilotRules(configuration, parts.FailedAfter);
        MemberPlan? plan = rules.Plan(view.Self, servers);
        Tell(rules.Refusals);
        if (plan is not null)
        {
            await ChangeAsync(view, plan, servers, cancellationToken);
        }
    }

    private async Task ChangeAsync(
        OfficeView view, MemberPlan plan, IReadOnlyList<ServerFacts> servers, CancellationToken cancellationToken)
    {
        string what = string.Join("; ", plan.Reasons);
        Log.Changes(parts.Logger, what);
        bool isInForce = false;
        try
        {
            // What was looked at is what is changed, or nothing is.
            (_, isInForce) = await MemberChanger.ChangeAsync(
                server.Driver!, now => now.Equals(view.Configuration) ? plan.Members : null, cancellationToken);
        }
        finally
        {
            if (isInForce)
            {
                Log.Changed(
                    parts.Logger, what, plan.Members.Count(static member => member.Votes),
                    plan.Members.Count(static member => !member.Votes));
                parts.Metrics.Changed(plan.Kind);
                Depart(plan, servers);
            }
            else
            {
                Log.NotChanged(parts.Logger, what);
            }
        }
    }

    // One that this server has not heard since it started is shown as gone too.
    private void Depart(MemberPlan plan, IReadOnlyList<ServerFacts> servers)
    {
        foreach (ServerFacts gone in servers.Where(one => one is { Role: not null, IsAlive: false }
            && plan.Members.All(member => member.Id.Node != one.Id.Node)))
        {
            if (PeerAddress.TryParse(gone.Address, out PeerAddress address))
            {
                parts.Others.Departed(gone.Id, gone.Name, address, parts.Runtime.Time.GetTimestamp());
            }
        }
    }

    private void Tell(IReadOnlyList<string> refusals)
    {
        string all = string.Join("; ", refusals);
        if (all != _refused && all.Length > 0)
        {
            Log.Refused(parts.Logger, all);
        }

        _refused = all;
    }
}

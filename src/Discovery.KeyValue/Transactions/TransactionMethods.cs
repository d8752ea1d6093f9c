using Discovery.Consul;
using Discovery.KeyValue;
using Discovery.Rpc;
using Discovery.Wire;

namespace Discovery.Transactions;

/// <summary><c>Txn</c>: operations on keys and on the catalog, all of them or none.</summary>
internal sealed class TransactionMethods(IKeyValueStore store, IServiceCatalog catalog) : IRpcMethodGroup
{
    private const string ReadOnly = "cannot insert in read-only transaction";

    private static readonly RpcShape<Request> s_apply = new(
        RpcFields.Datacenter<Request>(),
        new("Ops", static (ref reader, request) => reader.ReadList(RpcTransactionShapes.Operation, ref request.Operations)),
        RpcFields.Token<Request>());

    private static readonly RpcShape<Request> s_read = new([s_apply.Fields[0], s_apply.Fields[1], .. RpcFields.Query<Request>()]);

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Txn.Apply", ApplyAsync),
        new("Txn.Read", ReadAsync),
    ];

    private async ValueTask ApplyAsync(RpcCall call)
    {
        (List<Shown> results, List<(int, string)> errors) = await RunAsync(call, s_apply);
        RpcReplies.Write(call, (results, errors), static (ref writer, body) =>
        {
            writer.WriteMapHeader(2);
            Write(ref writer, body.results, body.errors);
        });
    }

    private async ValueTask ReadAsync(RpcCall call)
    {
        (List<Shown> results, List<(int, string)> errors) = await RunAsync(call, s_read);
        RpcReplies.Write(call, (results, errors), static (ref writer, body) =>
        {
            writer.WriteMapHeader(6);
            Write(ref writer, body.results, body.errors);
            RpcReplies.WriteMeta(ref writer, 0, TimeSpan.Zero, isLeaderKnown: true);
        });
    }

    private async ValueTask<(List<Shown> Results, List<(int Operation, string Text)> Errors)> RunAsync(
        RpcCall call, RpcShape<Request> shape)
    {
        Request request = RpcReader.Read(call.Body.Span, shape);
        request.RequireDatacenter(call);
        List<TransactionBody?> operations = request.Operations ?? [];
        if (Empty(operations) is { Count: > 0 } empty)
        {
            return ([], empty);
        }

        TransactionPlan plan = TransactionPlanner.Make(operations, call.Datacenter);
        if (plan.Refusals.Count > 0)
        {
            return ([], plan.Refusals);
        }

        bool isRead = ReferenceEquals(shape, s_read);
        if (isRead && plan.IsWrite)
        {
            return ([], [.. Enumerable.Range(0, plan.Steps.Count).Where(step => !plan.Steps[step].IsRead)
                .Select(step => (plan.OperationOf(step), ReadOnly))]);
        }

        var options = new TransactionOptions
        {
            Context = request.ContextOf(call),
            ReturnsWritten = true,
            Consistency = request.OptionsOf(call).Consistency,
        };
        TransactionResult result = await store.TransactAsync(plan.Steps, options, call.Aborted);
        if (!result.IsApplied)
        {
            return ([], plan.ErrorsOf(result.Failures));
        }

        var shown = new List<Shown>(result.Items.Count);
        foreach (TransactionItem item in result.Items)
        {
            shown.Add(new Shown(
                item,
                plan.ReturnsValue(item.Operation),
                item.Check is { } check ? await CheckTags.OfAsync(catalog, check) : []));
        }

        return (shown, []);
    }

    private static List<(int Operation, string Text)> Empty(List<TransactionBody?> operations) =>
    [
        .. operations.Index()
            .Where(static one => one.Item is null or { KeyValue: null, Node: null, Service: null, Check: null })
            .Select(static one => (one.Index, "no operation specified")),
    ];

    private static void Write(ref MessagePackWriter writer, List<Shown> results, List<(int Operation, string Text)> errors)
    {
        writer.Write("Errors");
        RpcReplies.WriteList(ref writer, errors, static (ref MessagePackWriter inner, (int Operation, string Text) error) =>
        {
            inner.WriteMapHeader(2);
            inner.Write("OpIndex");
            inner.Write(error.Operation);
            inner.Write("What");
            inner.Write(error.Text);
        });
        writer.Write("Results");
        RpcReplies.WriteList(ref writer, results, Write);
    }

    private static void Write(ref MessagePackWriter writer, Shown shown)
    {
        TransactionItem item = shown.Item;
        writer.WriteMapHeader(4);
        writer.Write("Check");
        if (item.Check is { } check)
        {
            RpcCatalogRows.WriteCheck(ref writer, check, shown.Tags);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write("KV");
        if (item.Entry is { } entry)
        {
            RpcKeyValueRows.Write(ref writer, entry, shown.HasValue);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write("Node");
        if (item.Node is { } node)
        {
            RpcCatalogRows.WriteNode(ref writer, node);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write("Service");
        if (item.Service is { } service)
        {
            RpcCatalogRows.WriteService(ref writer, service);
        }
        else
        {
            writer.WriteNil();
        }
    }

    private sealed record Shown(TransactionItem Item, bool HasValue, IReadOnlyList<string> Tags);

    private sealed class Request : RpcRequest
    {
        public List<TransactionBody?>? Operations;
    }
}

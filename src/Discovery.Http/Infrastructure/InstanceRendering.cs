namespace Discovery.Infrastructure;

/// <summary>
/// The JSON of instances in one of the two ways that Consul shows them: kept per instance, and per view for the lists that all callers
/// share, in every form. So a change of one instance of many serializes one, and thousands of woken callers send the same bytes.
/// </summary>
internal sealed class InstanceRendering
{
    /// <summary>As <c>/v1/health/service</c> shows them.</summary>
    public static readonly InstanceRendering Health = new("health", CatalogJson.WriteHealthInstance);

    /// <summary>As <c>/v1/catalog/service</c> shows them.</summary>
    public static readonly InstanceRendering Catalog = new("catalog", CatalogJson.WriteCatalogInstance);

    private readonly Func<JsonBuffer, ServiceInstance, JsonBuffer> _write;
    private readonly Func<ServiceInstance, byte[]> _makeInstance;
    private readonly Rendering<byte[]> _instance;
    private readonly Rendering<byte[]>[] _all;
    private readonly Rendering<byte[]>[] _passing;
    private readonly Func<ServiceView, byte[]>[] _makeAll;
    private readonly Func<ServiceView, byte[]>[] _makePassing;

    private InstanceRendering(string name, Func<JsonBuffer, ServiceInstance, JsonBuffer> write)
    {
        _write = write;
        _makeInstance = MakeInstance;
        _instance = new Rendering<byte[]>($"http.{name}.instance", static bytes => bytes.Length);
        _all = [.. Enumerable.Range(0, ApiBody.Forms).Select(form => Kind($"http.{name}.all.{(BodyForm)form}"))];
        _passing = [.. Enumerable.Range(0, ApiBody.Forms).Select(form => Kind($"http.{name}.passing.{(BodyForm)form}"))];
        _makeAll = [.. Enumerable.Range(0, ApiBody.Forms).Select(Func<ServiceView, byte[]> (form) =>
            view => MakeList(view.All, (BodyForm)form))];
        _makePassing = [.. Enumerable.Range(0, ApiBody.Forms).Select(Func<ServiceView, byte[]> (form) =>
            view => MakeList(view.Passing, (BodyForm)form))];
    }

    /// <summary>Answers with the selected instances.</summary>
    public Task WriteAsync(ApiCall call, ServiceSelection selection)
    {
        (ServiceView view, IReadOnlyList<ServiceInstance> instances) = selection;
        BodyForm form = call.Form;
        if (ReferenceEquals(instances, view.All))
        {
            return call.WriteAsync(view.Render(_all[(int)form], _makeAll[(int)form]), form);
        }

        if (ReferenceEquals(instances, view.Passing))
        {
            return call.WriteAsync(view.Render(_passing[(int)form], _makePassing[(int)form]), form);
        }

        return call.WriteAsync(Concatenate(instances));
    }

    private static Rendering<byte[]> Kind(string name) => new(name, static bytes => bytes.Length);

    private byte[] MakeInstance(ServiceInstance instance)
    {
        using var json = new JsonBuffer(1024);
        return _write(json, instance).Written.ToArray();
    }

    private byte[] MakeList(IReadOnlyList<ServiceInstance> instances, BodyForm form)
    {
        using JsonBuffer json = Concatenate(instances);
        return ApiBody.Make(json.Written, form);
    }

    private JsonBuffer Concatenate(IReadOnlyList<ServiceInstance> instances)
    {
        var json = new JsonBuffer(Math.Min(instances.Count, 256) * 1024 + 16);
        json.Byte((byte)'[');
        for (int i = 0; i < instances.Count; i++)
        {
            (i > 0 ? json.Byte((byte)',') : json).Raw(instances[i].Render(_instance, _makeInstance));
        }

        return json.Byte((byte)']');
    }
}

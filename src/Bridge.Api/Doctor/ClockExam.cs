using System.Runtime.CompilerServices;
using Bridge.Application.Options;

namespace Bridge.Api.Doctor;

/// <summary>Does this machine know what time it is? Stream tokens, certificates and the log go by it.</summary>
internal sealed class ClockExam(Patient patient, DoctorBounds bounds) : IExam
{
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Great = TimeSpan.FromMinutes(5);

    public string Name => "clock";

    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!patient.Starts)
        {
            yield return Finding.Skipped("the settings have to be mended first");
            yield break;
        }

        var witnesses = Witnesses().ToList();
        if (witnesses.Count == 0)
            yield return Finding.Skipped("there is nobody to compare it with: no public address and no model");
        foreach (var url in witnesses)
            yield return await CompareAsync(url, cancellationToken);
    }

    /// <summary>The public address, which may be this very machine, and the model's, which is not.</summary>
    private IEnumerable<Uri> Witnesses()
    {
        if (patient.Options<TwilioOptions>().PublicBaseUrl is { } address)
            yield return new Uri(SignatureCandidates.Base(address) + "/health/live");
        if (patient.Options<BridgeOptions>().Provider == "openai" && Uri.TryCreate(patient.Get<IConfiguration>()["OpenAI:Endpoint"], UriKind.Absolute, out var endpoint))
            yield return new Uri($"{(endpoint.Scheme == Uri.UriSchemeWss ? "https" : "http")}://{endpoint.Authority}/");
    }

    private async Task<Finding> CompareAsync(Uri url, CancellationToken cancellationToken)
    {
        var host = OutsideText.Clean(url.Authority);
        try
        {
            using var outside = new OutsideClient(url, bounds);
            var answer = await outside.GetAsync(url, cancellationToken);
            return answer.Date is { } date ? Weigh(answer.At - date, host) : Finding.Skipped($"{host} does not say what time it is");
        }
        catch (OutsideException e)
        {
            return Finding.Skipped($"not compared with {host}: {e.Message}");
        }
    }

    private static Finding Weigh(TimeSpan ahead, string host)
    {
        var off = ahead.Duration();
        if (off <= Little)
            return Finding.Ok($"the clock agrees with that of {host}");
        var text = $"this machine's clock is {off.TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} that of {host}";
        const string Mend = "set the clocks by the network: `timedatectl set-ntp true`, chrony, or the host's own way; of two witnesses that disagree, the model's is right";
        return off > Great ? Finding.Fail(text + ": stream tokens run out before they are used, or never", Mend) : Finding.Warn(text, Mend);
    }
}

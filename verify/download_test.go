package verify_test

import (
	"context"
	"io"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

var _ = Describe("the original itself", func() {
	It("is downloaded only when asked, and compares byte for byte", func() {
		for _, rot := range []bool{false, true} {
			l := newLoad()
			single(fox, fake.Encrypted(verify.CustomerKey))(l)
			if rot {
				rotten(5)(l)
			}
			request := l.request(l.live())
			request.Download = l.src
			var s sink
			request.Runtime.Sink = &s
			report := run(request)
			Expect(s.got[0].Evidence.Class).To(Equal(verify.Exact))
			Expect(report.Requests.Get).To(BeEquivalentTo(1))
			if rot {
				Expect(s.got[0].Outcome).To(Equal(verify.Differ))
				Expect(s.got[0].Ranges).To(Equal([]verify.ByteRange{{Offset: 5, Length: int64(len(fox)) - 5}}))
			} else {
				Expect(s.got[0].Outcome).To(Equal(verify.Match))
				Expect(report.Requests.Downloaded).To(BeEquivalentTo(len(fox)))
			}
		}
	})

	It("does not believe a download that goes on behind the object's end", func() {
		l := newLoad()
		single(fox, fake.Encrypted(verify.CustomerKey))(l)
		request := l.request(l.live())
		request.Download = longer{l.src}
		report := run(request)
		Expect(report.Findings).To(ConsistOf(And(HaveField("Outcome", verify.Unverifiable), HaveField("Detail", ContainSubstring("longer")))))
	})
})

// longer is a server whose object has grown, and which does not heed If-Match.
type longer struct{ verify.Downloader }

func (l longer) Download(ctx context.Context, o verify.Object, offset int64) (io.ReadCloser, error) {
	body, err := l.Downloader.Download(ctx, o, offset)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.MultiReader(body, strings.NewReader("more"))), nil
}

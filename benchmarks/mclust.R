# mclust, timed inside R: CPU seconds by proc.time, results as files of doubles.
#   Rscript mclust.R sweep  FOLDER n d k iterations
#   Rscript mclust.R choose FOLDER n d k.max tolerance max.iterations
# FOLDER holds x (n x d, by columns), and means and covariances, or labels.2 .. labels.K.
suppressPackageStartupMessages(library(mclust))
words <- commandArgs(trailingOnly = TRUE)
folder <- words[2]
size <- as.numeric(words[-(1:2)])
n <- size[1]; d <- size[2]; k <- size[3]
doubles <- function(name, count) readBin(file.path(folder, name), "double", count)
seconds <- function(since) sum((proc.time() - since)[c("user.self", "sys.self")])
x <- matrix(doubles("x", n * d), n, d)

if (words[1] == "sweep") {
  sigma <- array(doubles("covariances", d * d * k), c(d, d, k))
  start <- list(
    pro = rep(1 / k, k), mean = matrix(doubles("means", d * k), d, k),
    variance = list(modelName = "VVV", d = d, G = k, sigma = sigma,
                    cholsigma = array(apply(sigma, 3, chol), c(d, d, k))))
  control <- emControl(tol = c(0, 0), itmax = rep(size[4], 2))
  began <- proc.time()
  fit <- em(x, "VVV", start, control = control)
  used <- seconds(began)
  cat(used, abs(attr(fit, "info")[["iterations"]]), "\n")  # negative at the limit
  writeBin(as.double(fit$parameters$mean), file.path(folder, "result"))
} else {
  # The defaults of the inner loops of VEI, VEE, EVE, VVE and VEV stay.
  control <- emControl(tol = c(size[4], emControl()$tol[2]), itmax = c(size[5], emControl()$itmax[2]))
  for (G in 1:k) {
    z <- if (G == 1) matrix(1, n, 1) else unmap(doubles(paste0("labels.", G), n), 0:(G - 1))
    for (family in mclust.options("emModelNames")) {
      began <- proc.time()
      fit <- me(x, family, z, control = control)
      used <- seconds(began)
      info <- unlist(attr(fit, "info"))
      iterations <- abs(info[grepl("iter", names(info))][1])
      cat(G, family, used, fit$loglik, nMclustParams(family, d, G), iterations, "\n")
    }
  }
}
